"""Sandboxes: cache, root folder, and what a killed run leaves over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.pipeline.single_stage import run_one_stage, write_single_stage
from trimtab.errors import ProjectError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project


def test_users_checkout_is_not_changed(project):
    checkout = project()
    checkout.write({"data/rows.txt": "the user's own", "new.txt": "not committed"})
    before = checkout.state()

    run_one_stage(checkout, "draw")

    assert checkout.state() == before
    assert not (checkout.root / "dvc.lock").exists()


def test_command_reads_the_pinned_revision_and_not_the_checkout(project):
    checkout = project()
    write_single_stage(checkout, "cat data/source.txt > out.txt; pwd >> out.txt; ls >> out.txt")
    revision = pin_revision(checkout.root)
    checkout.write({"data/source.txt": "changed since", "later.txt": ""})

    entry = run_stage(checkout.root, revision, checkout.graph(), "only", {}).entry

    text = checkout.cache_object(entry["outs"][0]["md5"]).read_text()
    assert text.startswith("source\n")
    assert str(checkout.root) not in text
    assert "later.txt" not in text


@pytest.mark.parametrize("setting", ["../shared", "shared", None], ids=["beside", "inside", "default"])
def test_sandbox_uses_the_cache_folder_of_the_project(project, monkeypatch, setting):
    checkout = project()
    write_single_stage(checkout, "cat data/source.txt > out.txt")
    if setting:
        checkout.write({".dvc/config.local": f"[cache]\n    dir = {setting}\n"})
    monkeypatch.chdir(checkout.root)

    run_stage(Path(), pin_revision(Path()), Project(Path()).graph(), "only", {})

    cache = (checkout.root / ".dvc" / (setting or "cache")).resolve()
    objects = [path for path in (cache / "files" / "md5").rglob("*") if path.is_file()]
    assert [path.read_text() for path in objects] == ["source\n"]


def test_stage_runs_in_a_project_below_the_root_of_git(project):
    checkout = project(folder="all of it", below="ml/flüge")

    entry = run_one_stage(checkout, "draw").entry

    assert "rows: 3" in checkout.cache_object(entry["outs"][0]["md5"]).read_text()


def test_revision_without_dvc_is_refused(project):
    checkout = project()
    checkout.write({".gitignore": ".dvc\n"})
    checkout.git("rm", "-rq", "--cached", ".dvc")

    with pytest.raises(ProjectError, match=r"holds no \.dvc folder"):
        run_stage(checkout.root, pin_revision(checkout.root), checkout.graph(), "draw", {})
