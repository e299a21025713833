"""Outputs are not written through a link out of the repository."""

from __future__ import annotations

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from trimtab.errors import TrimtabError
from trimtab.pipeline.worktree.symlink_escapes import refuse_symlink_escape

LINKED = {
    "dvc.yaml": "stages: {make: {cmd: mkdir -p d && echo a > d/a, deps: [in.txt], outs: [d/a]}}\n",
    "in.txt": "",
    ".gitignore": "",
}


@pytest.mark.parametrize("way", ["checkout", "sandbox"])
@pytest.mark.parametrize("committed", [True, False])
def test_output_is_not_written_through_a_link_out_of_the_project(project, tmp_path, way, committed):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_text("mine")
    checkout = project({**LINKED, ".gitignore": "" if committed else "/d\n"})
    (checkout.root / "d").symlink_to(tmp_path / "outside")
    checkout.commit()
    if way == "sandbox" and not committed:
        assert checkout.run_all().ran == ["make"], "a sandbox has no link of the user's"
    else:
        with pytest.raises(TrimtabError, match="link that leads out"):
            run_here(checkout) if way == "checkout" else checkout.run_all()
    assert (tmp_path / "outside" / "a").read_text() == "mine"


@pytest.mark.parametrize(("target", "refused"), [(".git/hooks", True), (".dvc", True), ("real", False)])
def test_link_into_the_repository_is_followed_except_into_git_and_dvc(project, target, refused):
    stage = "stages: {make: {cmd: echo a > d/pre-commit, deps: [in.txt], outs: [d/pre-commit]}}\n"
    checkout = project({"in.txt": "", "real/x": "", "dvc.yaml": stage})
    (checkout.root / ".git/hooks").mkdir(exist_ok=True)
    (checkout.root / "d").symlink_to(target)
    checkout.commit()
    if refused:
        with pytest.raises(TrimtabError, match="link that leads out"):
            checkout.run_all()
        with pytest.raises(TrimtabError, match="link that leads out"):
            run_here(checkout)
        assert not (checkout.root / target / "pre-commit").exists()
    else:
        refuse_symlink_escape(checkout.root, "d/pre-commit")
