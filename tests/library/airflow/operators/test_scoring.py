"""Scoring as tasks of Airflow: when they have nothing to do, and what a challenger cannot spoil."""

from __future__ import annotations

import json
import os
import tempfile

import pandas as pd
import pytest

from tests.library.registry.problem_projects import KINDS, tickets, use_kind
from tests.library.registry.rows import FEATURES, flights
from trimtab.errors import ModelError
from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run

WINDOWS = "made/upcoming"


@pytest.fixture
def tasks(checkout):
    """The tasks of the checkout's DAG; Airflow reads its home when it is first imported."""
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
    from trimtab.airflow import DvcDag, ScoreOperator, ShadowOperator

    folder = checkout.root / WINDOWS
    folder.mkdir()
    flights(50, seed=9)[FEATURES].to_parquet(folder / "2013-06.parquet")
    with DvcDag("batch_score", project=checkout.root) as dag:
        windows = {"project": checkout.root, "windows": WINDOWS, "record": dag.record}
        score = ScoreOperator(task_id="score", **windows)
        shadow = ShadowOperator(task_id="shadow", scored_by=score, **windows)
    return {"score": score, "shadow": shadow}


@pytest.fixture
def execute(checkout, tasks):
    """Execute a task of a recorded run whose params say whether there is a shadow."""
    known = {}

    class Instance:
        dag_id = "batch_score"

        def xcom_pull(self, *, task_ids, **_):
            return known[task_ids]

        def xcom_push(self, *, key, value):
            pass

    def run(task, *, shadow=False):
        root = checkout.root
        params = load_yaml(root / "params.yaml") | {"score": {"shadow": shadow}}
        (root / "params.yaml").write_text(json.dumps(params))
        revision, graph = pin_revision(root), Project(root).graph()
        entries = load_yaml(root / "dvc.lock")["stages"]
        known["record"] = record_run(root, revision, graph, entries, name="batch_score-1").to_dict()
        known[task] = tasks[task].execute({"ti": Instance(), "run_id": "1"})
        return known[task]

    return run


def skipped(execute, task, **settings):
    from airflow.sdk.exceptions import AirflowSkipException

    with pytest.raises(AirflowSkipException) as raised:
        execute(task, **settings)
    return str(raised.value)


def test_scoring_without_a_champion_is_skipped_with_the_reason(client, execute):
    assert "is champion yet: run `training` first" in skipped(execute, "score")


@pytest.mark.slow
def test_shadow_that_fails_leaves_the_scores_of_the_champion(client, checkout, execute, monkeypatch, weak):
    champion, challenger = checkout.publish(), checkout.publish(weak)
    client.set_registered_model_alias(checkout.name, "champion", str(champion.version))
    (scores,) = execute("score")
    assert (scores["window"], scores["version"], scores["created"]) == ("2013-06", champion.version, True)

    assert skipped(execute, "shadow") == "score.shadow of params.yaml is false"
    assert "is challenger" in skipped(execute, "shadow", shadow=True)

    client.set_registered_model_alias(checkout.name, "challenger", str(challenger.version))
    (beside,) = execute("shadow", shadow=True)
    assert beside["version"] == challenger.version
    assert beside["figures"]["share_changed"] > 0

    client.delete_run(beside["run_id"])
    monkeypatch.setattr("trimtab.registry.scoring.score_log.load_scorer", lambda *_: unsafe())
    with pytest.raises(ModelError):
        execute("shadow", shadow=True)
    (again,) = execute("score", shadow=True)
    assert (again["run_id"], again["created"]) == (scores["run_id"], False)


def unsafe():
    raise ModelError("The model holds types that nobody listed: os.system")


@pytest.mark.slow
def test_scoring_of_no_rows_is_skipped(client, checkout, execute):
    client.set_registered_model_alias(checkout.name, "champion", str(checkout.publish().version))
    file = checkout.root / WINDOWS / "2013-06.parquet"
    flights(50, seed=9)[FEATURES].iloc[:0].to_parquet(file)
    assert skipped(execute, "score") == "There are no rows to score"


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_windows_are_scored_and_compared_by_the_problem_type_of_the_checkout(client, checkout, execute, name):
    kind = KINDS[name]
    project = use_kind(checkout, kind)
    tickets(50, seed=9).to_parquet(checkout.root / WINDOWS / "2013-06.parquet")
    champion, challenger = project.publish(), project.publish(kind.fit(seed=8, weak=True))
    client.set_registered_model_alias(project.name, "champion", str(champion.version))
    client.set_registered_model_alias(project.name, "challenger", str(challenger.version))

    (scores,) = execute("score")
    (beside,) = execute("shadow", shadow=True)

    file = client.download_artifacts(scores["run_id"], scores["file"])
    assert ("quantile_0.5" if name == "quantile" else "prediction") in pd.read_parquet(file)
    assert ("share_changed" in beside["figures"]) == ("mean_absolute_difference" not in beside["figures"])
