"""Paths given to an operator, checked against the outputs of the project."""

from __future__ import annotations

import pytest

from trimtab.airflow.project_outputs import require_output
from trimtab.errors import ConfigError
from trimtab.pipeline.graph.project import Project


@pytest.mark.parametrize("operator", ["ScoreOperator", "ShadowOperator", "MeasureDriftOperator"])
def test_windows_with_a_typo_are_refused_when_the_dag_is_parsed(project, operator):
    import trimtab.airflow

    root = project().root
    made = getattr(trimtab.airflow, operator)
    more = {"ShadowOperator": {"scored_by": "s"}, "MeasureDriftOperator": {"training": "t"}}.get(operator, {})
    out = Project(root).graph().stages[0].outs[0].path
    made(task_id="fine", project=root, windows=out, **more)
    made(task_id="inside", project=root, windows=f"{out}/below", **more)
    with pytest.raises(ConfigError, match=f"No stage has the output '{out}x'; did you mean '{out}'"):
        made(task_id="typo", project=root, windows=f"{out}x", **more)


@pytest.mark.parametrize("path", ["data/rows.txt", "report", "report/report.json", "data/source.txt"])
def test_output_a_path_below_it_and_a_file_of_the_checkout_are_accepted(project, path):
    require_output(project().root, path, argument="windows")


def test_path_that_no_stage_makes_is_refused_with_the_closest_output(project):
    with pytest.raises(
        ConfigError, match=r"No stage has the output 'reprot'; did you mean 'report'"
    ) as refused:
        require_output(project().root, "reprot", argument="windows")
    assert "`windows='reprot'`" in refused.value.where


@pytest.mark.parametrize("path", ["reports/{{ ds }}", "anything"])
def test_template_and_path_of_a_project_that_is_elsewhere_are_not_checked(tmp_path, path):
    require_output(tmp_path, path, argument="windows")
