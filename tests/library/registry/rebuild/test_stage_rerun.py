"""The stages of a version run again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tests.library.registry.rebuild.conftest import again, edit, publish, rebuild
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Output
from trimtab.registry.rebuild.stage_rerun import refuse_external_outputs


def test_rebuild_names_stage_and_path_of_an_output_that_differs(own):
    plots = "cp -r made/plots reports/"
    edit("dvc.yaml", {plots: f"{plots} && date +%N > reports/plots/now.csv"})
    again(own)
    publish()

    shown = rebuild(exits=1)

    assert ": differs" in " ".join(shown.split())
    (row,) = [line for line in shown.splitlines() if line.startswith("output")]
    assert row.split()[1:3] == ["evaluate:", "reports/plots"]


@pytest.mark.slow
def test_rebuild_with_a_failing_stage_differs_after_a_difference_and_is_an_error_before_one(
    own, tmp_path, monkeypatch
):
    gate = "cp -r made/validate_model reports/"
    edit("dvc.yaml", {f"cmd: {gate}": f'cmd: test -z "$BROKEN" && {gate}'})
    again(own)
    publish()
    monkeypatch.setenv("BROKEN", "yes")

    reason = json.loads(rebuild("--json", exits=2))
    assert reason["verdict"] == "cannot"
    assert "exit code 1" in reason["what"]
    assert "validate_model" in reason["where"]

    (tmp_path / "other.skops").write_bytes(Path("made/flights.skops").read_bytes() + b" ")
    monkeypatch.setenv("MODEL", str(tmp_path / "other.skops"))
    found = json.loads(rebuild("--json", exits=1))
    assert found["differences"][0]["what"] == "train: models/flights.skops"
    assert "validate_model" in found["stopped"]


def test_rebuild_names_data_that_is_lost(checkout, tmp_path):
    (kept,) = [path for path in Path(".dvc/cache/files").rglob("*") if path.is_file() and is_rows(path)]
    away = [(Path("rows.txt"), tmp_path / "rows.txt"), (kept, tmp_path / "kept")]
    for path, aside in away:
        path.rename(aside)

    shown = rebuild(exits=2)

    for path, aside in away:
        aside.rename(path)
    assert "'rows.txt'" in shown
    assert "is not in DVC's cache" in shown


def is_rows(path: Path) -> bool:
    return path.read_bytes() == b"rows\n"


@pytest.mark.slow
def test_rebuild_refuses_a_stage_that_writes_outside_of_the_project(own, tmp_path):
    outside = tmp_path / "outside.txt"
    changes = {
        "cmd: cp made/reference.json": f"cmd: date +%N > {outside}; cp made/reference.json",
        "outs: [models/reference.json]": f"outs: [models/reference.json, {outside}: {{cache: false}}]",
    }
    edit("dvc.yaml", changes)
    again(own)
    publish()
    before = outside.read_text()

    assert "a rebuild would overwrite it" in rebuild(exits=2)
    assert outside.read_text() == before


@pytest.mark.parametrize("path", ["/srv/model.skops", "s3://bucket/model.skops"])
def test_stage_with_an_output_outside_of_the_project_is_refused_unless_it_is_frozen(template, path):
    def graph_with(*, frozen: bool):
        stages = [
            dataclasses.replace(stage, outs=(Output(path),), frozen=frozen)
            if stage.name == "train"
            else stage
            for stage in template.graph.stages
        ]
        return dataclasses.replace(template.graph, stages=tuple(stages))

    refuse_external_outputs(template.graph)
    refuse_external_outputs(graph_with(frozen=True))
    with pytest.raises(ProjectError, match=f"'train' writes to {path}: a rebuild would overwrite it"):
        refuse_external_outputs(graph_with(frozen=False))
