"""The problem type of the model, as ``dvc.yaml`` declares it."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.learning import INDEPENDENT, PROBLEM_TYPES, Dependence
from trimtab.pipeline.graph import (
    Artifact,
    Graph,
    declared_dependence,
    declared_problem_type,
    declared_weight,
)


def graph(*declared: object) -> Graph:
    """Return a graph with a model for each declared problem type; None declares none."""
    return Graph(
        stages=(),
        artifacts=tuple(
            Artifact(f"model-{place}", "m.skops", "model", meta={"problem_type": name} if name else {})
            for place, name in enumerate(declared)
        ),
    )


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_problem_type_of_the_model_is_the_declared_one(name):
    assert declared_problem_type(graph(name)).name == name


@pytest.mark.parametrize("undeclared", [graph(), graph(None), graph(None, None)])
def test_problem_type_that_is_not_declared_is_binary(undeclared):
    assert declared_problem_type(undeclared).name == "binary"


def test_problem_type_of_another_artifact_is_ignored():
    other = Artifact("baseline", "b.skops", "baseline", meta={"problem_type": "regression"})
    assert declared_problem_type(Graph(stages=(), artifacts=(other,))).name == "binary"


@pytest.mark.parametrize(("name", "known"), [("regresion", "did you mean 'regression'"), (3, "multiclass")])
def test_problem_type_that_does_not_exist_is_refused_with_the_known_ones(name, known):
    with pytest.raises(ProjectError, match=rf"{known}[\s\S]*artifacts.model-0.meta.problem_type"):
        declared_problem_type(graph(name))


def test_problem_types_that_differ_between_models_are_refused():
    with pytest.raises(ProjectError, match="different problem types: binary, regression"):
        declared_problem_type(graph("regression", None))


def models(*metas: dict[str, object]) -> Graph:
    """Return a graph with a model for each meta."""
    return Graph(
        stages=(),
        artifacts=tuple(
            Artifact(f"model-{place}", "m.skops", "model", meta=meta) for place, meta in enumerate(metas)
        ),
    )


def test_dependence_of_the_model_is_the_declared_one():
    declared = declared_dependence(models({"group": "account", "time": "day"}))
    assert declared == Dependence(group="account", time="day")


@pytest.mark.parametrize("undeclared", [models(), models({}), models({}, {"group": None})])
def test_rows_are_independent_if_nothing_is_declared(undeclared):
    assert declared_dependence(undeclared) == INDEPENDENT


def test_candidate_has_the_dependence_and_the_problem_type_of_the_model():
    declared = models(
        {"problem_type": "regression", "group": "account", "time": "day"}, {"candidate": "rolling"}
    )
    assert declared_dependence(declared) == Dependence(group="account", time="day")
    assert declared_problem_type(declared).name == "regression"


def test_weight_of_the_model_is_the_declared_one():
    assert declared_weight(models({"weight": "share"}, {"candidate": "rolling"})) == "share"
    assert declared_weight(models({})) == declared_weight(models()) == ""


def test_weight_that_is_no_name_is_refused():
    with pytest.raises(ProjectError, match=r"`weight` of the model is no name of a column: 2"):
        declared_weight(models({"weight": 2}))


def test_group_that_is_no_name_is_refused():
    with pytest.raises(ProjectError, match=r"no name of a column: \['a'\][\s\S]*model-0.meta.group"):
        declared_dependence(models({"group": ["a"]}))


def test_times_that_differ_between_models_are_refused():
    with pytest.raises(ProjectError, match="different columns in `time`: , day"):
        declared_dependence(models({"time": "day"}, {}))
