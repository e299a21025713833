"""The task that compares the registered version with the champion."""

from __future__ import annotations

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from tests.library.registry.problem_projects import KINDS, use_kind
from trimtab.airflow import CompareOperator
from trimtab.errors import ConfigError, RegistryError
from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run


@pytest.fixture
def compare(checkout):
    """Compare a version by a recorded run of the checkout."""

    def run(version: int):
        root = checkout.root
        revision, graph = pin_revision(root), Project(root).graph()
        record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="training-1")
        known = {"register": {"name": checkout.name, "version": version}, "record": record.to_dict()}

        class Instance:
            dag_id = "training"

            def xcom_pull(self, *, task_ids, **_):
                return known[task_ids]

            def xcom_push(self, *, key, value):
                pass

        with DAG("training"):
            EmptyOperator(task_id="register"), EmptyOperator(task_id="record")
            task = CompareOperator(task_id="compare", project=root, registered_by="register", record="record")
        return task.execute({"ti": Instance(), "run_id": "1"})

    return run


def test_comparison_without_a_champion_is_better_and_has_the_policy_of_the_run(client, checkout, compare):
    params = checkout.root / "params.yaml"
    params.write_text(
        params.read_text().replace("promote:\n", "promote:\n  policy: approval\n  deadline_hours: 5\n")
    )

    result = compare(checkout.publish().version)

    assert (result["verdict"], result["champion"]) == ("better", None)
    assert (result["policy"], result["deadline_hours"]) == ("approval", 5)
    assert result["champion_figures"] == {}


@pytest.mark.slow
def test_comparison_of_a_weaker_version_is_not_better_and_changes_no_champion(
    client, checkout, compare, weak
):
    champion, challenger = checkout.publish(), checkout.publish(weak)
    client.set_registered_model_alias(checkout.name, "champion", str(champion.version))

    result = compare(challenger.version)

    assert (result["verdict"], result["champion"]) == ("not better", champion.version)
    assert result["challenger_figures"]["roc_auc"] < result["champion_figures"]["roc_auc"]
    assert client.get_model_version_by_alias(checkout.name, "champion").version == str(champion.version)


def test_comparison_of_an_unknown_version_is_refused(client, checkout, compare):
    checkout.publish()
    with pytest.raises(RegistryError, match="has no version 99"):
        compare(99)


@pytest.mark.parametrize("name", [pytest.param("regression", marks=pytest.mark.slow), "multiclass"])
def test_comparison_is_by_the_problem_type_that_the_checkout_declares(client, checkout, compare, name):
    kind = KINDS[name]
    project = use_kind(checkout, kind)
    champion, challenger = project.publish(), project.publish(kind.fit(seed=8, weak=True))
    client.set_registered_model_alias(project.name, "champion", str(champion.version))

    result = compare(challenger.version)

    assert result["verdict"] == "not better"
    assert f"its {kind.problem.default_metric} is " in result["sentence"]
    assert set(result["champion_figures"]) == set(kind.problem.comparison_metrics)


def test_comparison_refuses_a_metric_that_the_problem_type_does_not_have(client, checkout, compare):
    project = use_kind(checkout, KINDS["regression"])
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text().replace("promote:\n", "promote:\n  metric: roc_auc\n"))

    with pytest.raises(ConfigError, match=r"'roc_auc' does not fit the problem type: .*known: mae, rmse"):
        compare(project.publish().version)
