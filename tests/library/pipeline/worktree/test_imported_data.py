"""Imports that are not frozen, compared with `dvc repro`."""

from __future__ import annotations

from tests.library.pipeline.stage_kinds import STAGES, pipeline


def test_import_that_was_never_downloaded_is_imported(project, as_dvc, tmp_path):
    (tmp_path / "far.txt").write_text("far\n")
    checkout = project(pipeline(STAGES["folder"]))
    with checkout.dvc() as repo:
        repo.imp_url(str(tmp_path / "far.txt"), "far.txt", no_download=True)

    as_dvc(checkout)

    assert checkout.read("far.txt") == "far\n"


def test_import_is_updated_unless_it_is_frozen(project, as_dvc, tmp_path):
    (tmp_path / "far.txt").write_text("far\n")
    checkout = project(pipeline("a: {cmd: cp far.txt a.txt, deps: [far.txt], outs: [a.txt]}"))
    with checkout.dvc() as repo:
        repo.imp_url(str(tmp_path / "far.txt"), "far.txt")
    as_dvc(checkout)
    (tmp_path / "far.txt").write_text("farther\n")
    assert as_dvc(checkout).ran == []
    checkout.edit("far.txt.dvc", "frozen: true\n", "")

    assert as_dvc(checkout).ran == ["a"]
    assert checkout.read("a.txt") == "farther\n"
