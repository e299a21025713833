"""The arguments of ``DvcDag`` and ``DvcTaskGroup``."""

from __future__ import annotations

import inspect

import pytest
from airflow.sdk import DAG, TaskGroup

from trimtab.airflow import DvcDag, DvcTaskGroup
from trimtab.airflow.dag.arguments import DvcDagArguments, DvcTaskGroupArguments, PipelineArguments


@pytest.mark.parametrize(
    ("arguments", "base", "first"),
    [(DvcDagArguments, DAG, "dag_id"), (DvcTaskGroupArguments, TaskGroup, "group_id")],
)
def test_stated_arguments_are_those_of_the_installed_airflow(arguments, base, first):
    stated = set(arguments.__annotations__) - set(PipelineArguments.__annotations__)
    assert stated == set(inspect.signature(base).parameters) - {first}


@pytest.mark.parametrize("made", [DvcDag, DvcTaskGroup])
def test_missing_project_is_a_type_error_with_its_name(made):
    with DAG("around"), pytest.raises(TypeError, match="missing the argument 'project'"):
        made("d")


@pytest.mark.parametrize("made", [DvcDag, DvcTaskGroup])
def test_unknown_argument_is_a_type_error_with_its_name(made, project):
    with DAG("around"), pytest.raises(TypeError, match="target"):
        made("d", project=project().root, target=["clean"])
