"""Several candidates through the tasks of a training run: registered, compared, the best promoted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

from tests.library.registry.candidate_projects import with_candidates
from trimtab.airflow import ApproveOperator, CompareOperator, PromoteOperator, RegisterOperator
from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run
from trimtab.registry import find_champion, find_version

pytestmark = pytest.mark.slow  # test_candidate_results.py and test_candidate_comparison.py have its parts


@pytest.fixture
def several(checkout, weak, strong_again):
    """A recorded run of a project whose model is strong, with a weak and a strong candidate."""
    return with_candidates(checkout, weak, strong_again)


@pytest.fixture
def execute(several):
    """Execute the tasks of a training run; each result goes through JSON, as an XCom does."""
    root = several.root
    revision, graph = pin_revision(root), Project(root).graph()
    record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="training-1")
    results = {"record": record.to_dict()}
    with DAG("training") as dag:
        recorded = EmptyOperator(task_id="record")
        register = RegisterOperator(task_id="register", project=root, reason="r", record="record")
        compare = CompareOperator(task_id="compare", project=root, registered_by="register", record="record")
        names = {"registered_by": "register", "compared_by": "compare"}
        approve = ApproveOperator(task_id="approve", **names)
        promote = PromoteOperator(
            task_id="promote", project=root, record="record", approved_by="approve", **names
        )
        recorded >> register >> compare >> approve >> promote

    class Instance:
        dag_id = "training"

        def xcom_pull(self, *, task_ids, **_):
            return results.get(task_ids)

        def xcom_push(self, *, key, value):
            pass

    def run(task_id):
        run = SimpleNamespace(triggering_user_name=None)  # of a schedule
        result = dag.get_task(task_id).execute({"ti": Instance(), "run_id": "1", "dag_run": run})
        results[task_id] = json.loads(json.dumps(result))
        return results[task_id]

    return run


def test_best_candidate_of_a_run_is_promoted_and_the_others_have_their_decision(client, several, execute):
    registered, compared = execute("register"), execute("compare")

    assert registered["version"] == 1
    assert [each["version"] for each in registered["candidates"]] == [2, 3]
    assert compared["version"] in (1, 3), "the weak candidate does not go on"
    assert {each["version"] for each in compared["others"]} == {1, 2, 3} - {compared["version"]}
    with pytest.raises(AirflowSkipException, match="Nobody is asked"):
        execute("approve")

    decided = execute("promote")

    assert (decided["promoted"], decided["version"]) == (True, compared["version"])
    assert find_champion(several.name).version == compared["version"]
    assert all(find_version(several.name, number).tag("decision") for number in (1, 2, 3))
    assert find_version(several.name, 2).tag("candidate") == "rolling"
    assert "train_seconds" not in find_version(several.name, 2).metrics, "no task of this run has trained it"
    assert execute("promote") == decided, "a retry gives the same answer"


def test_question_to_a_person_is_on_the_candidate_that_goes_on_and_names_the_others(client, several, execute):
    registered, compared = execute("register"), execute("compare")
    task = ApproveOperator(task_id="ask", compared_by="compare", registered_by="register")

    task.set_question(compared, registered, deadline=datetime(2026, 12, 1, tzinfo=UTC))

    assert task.subject == f"Promote {several.name} version {compared['version']}?"
    assert "comparison/candidates.html" in task.body
    assert "version 2 is good enough for the first champion" in task.body
