"""Outputs of a failed stage are kept in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.pipeline.single_stage import run_one_stage, write_single_stage
from trimtab.errors import TrimtabError
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision


def test_outputs_of_a_failed_gate_are_kept_in_a_folder(project, tmp_path, monkeypatch):
    checkout = project()
    write_single_stage(
        checkout,
        "mkdir -p r && echo bad > r/report.html; echo 1 > out.txt; exit 1",
        outs=["r", "out.txt", "x"],
    )
    monkeypatch.chdir(tmp_path)
    kept = Path("kept")

    for _ in range(2):  # a retry replaces it
        with pytest.raises(CommandError):
            run_one_stage(checkout, "only", keep_on_failure=kept)

    found = {str(path.relative_to(kept)): path.read_text() for path in kept.rglob("*") if path.is_file()}
    assert found == {"r/report.html": "bad\n", "out.txt": "1\n"}


def test_failed_outputs_are_not_moved_through_a_new_link(project, tmp_path, caplog):
    kept, theirs = tmp_path / "home" / "failed" / "dag" / "run", tmp_path / "theirs"
    theirs.mkdir()
    swap = f"mkdir -p {kept.parent} && ln -s {theirs} {kept} && echo a > o && exit 1"
    checkout = project({"dvc.yaml": f"stages: {{a: {{cmd: '{swap}', outs: [o]}}}}\n", ".gitignore": "/o\n"})
    with pytest.raises(TrimtabError, match="exit code 1"):
        run_stage(checkout.root, pin_revision(checkout.root), checkout.graph(), "a", {}, keep_on_failure=kept)
    assert not list(theirs.iterdir())
    assert "a link leads out" in caplog.text
