"""What the benchmarks measure is what they say they measure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.cases import CASES
from benchmarks.peers import Dvc
from benchmarks.shapes import SOURCE, Shape, chain, change_source, fan_out, independent, many_files, printing
from trimtab.pipeline.graph.project import Project

SHAPES = [chain(3), fan_out(4), independent(2, 0), printing(1), many_files(5)]


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_dvc_sees_the_stages_and_their_edges(shape: Shape, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    Dvc().prepare(project, shape)
    graph = Project(project).graph()
    maker = {step.out: step.name for step in shape.steps}
    edges = {(maker[dep], step.name) for step in shape.steps for dep in step.deps if dep != SOURCE}
    assert {stage.name for stage in graph.stages} == {step.name for step in shape.steps}
    assert set(graph.edges) == edges


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_the_commands_make_what_the_shape_expects(shape: Shape, tmp_path: Path) -> None:
    shape.write_snakemake(tmp_path)
    for change in (lambda folder: None, change_source):
        change(tmp_path)
        for step in shape.steps:
            subprocess.run(step.cmd, shell=True, cwd=tmp_path, check=True)
        shape.check(tmp_path)


def test_a_stale_output_is_noticed(tmp_path: Path) -> None:
    shape = chain(1)
    shape.write_snakemake(tmp_path)
    subprocess.run(shape.steps[0].cmd, shell=True, cwd=tmp_path, check=True)
    change_source(tmp_path)
    with pytest.raises(SystemExit, match="not what the stages make"):
        shape.check(tmp_path)


def test_every_case_has_a_title_of_its_own() -> None:
    titles = [case.shape.title for cases in CASES.values() for case in cases]
    assert len(titles) == len(set(titles))
