"""The task that promotes: its alerts, through real receivers, and when it is skipped."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

from tests.library.airflow.operators.promotions import DECIDED, MADE, end, results
from tests.library.registry.key_pairs import KeyPair
from trimtab.airflow import PromoteOperator
from trimtab.airflow.candidate_results import to_payload
from trimtab.errors import RegistryError
from trimtab.registry import ComparedCandidate, ComparisonSummary, PromotePolicy


def test_alert_of_a_promotion_names_both_models_the_user_and_the_reason(posted, dag):
    end(dag, "promote", {"promote": DECIDED, "register": MADE})
    (message,) = posted
    for part in (
        "flights version 3 is promoted",
        "Approved by alice: looks fine",
        "&lt;!channel&gt;",
        "champion before: version 2",
        "roc_auc 0.7100",
        "drift in 2013-06",
        "http://mlflow/#/models/flights/versions/3",
        "docs/alerts.md#model-promoted",
    ):
        assert part in message["text"]


@pytest.mark.parametrize(
    "sentence",
    ["Rejected by alice: no. Better", "Better. Nobody answered within 48 hours: not promoted", "Not better"],
)
def test_alert_of_a_version_that_is_not_promoted_says_how_to_promote_it(posted, dag, sentence):
    decided = {**DECIDED, "promoted": False, "sentence": sentence}
    end(dag, "promote", {"promote": decided, "register": MADE})
    (message,) = posted
    assert "flights version 3 is not promoted" in message["text"]
    assert f"decision: {sentence}" in message["text"]
    assert "champion: version 2" in message["text"]
    assert "`trimtab promote 3 --reason …`" in message["text"]


def test_version_that_is_champion_already_sends_no_alert(posted, dag):
    end(dag, "promote", {"promote": {**DECIDED, "promoted": False, "was": 3}, "register": MADE})
    assert posted == []


@pytest.mark.parametrize("task_id", ["approve", "promote", "roll_back"])
def test_failure_sends_the_alert_of_any_task(posted, dag, task_id):
    end(dag, task_id, {}, error=ValueError("the server is away"))
    (message,) = posted
    assert message["text"].startswith(f"training: '{task_id}' failed\nerror: the server is away")


def test_promotion_runs_behind_a_skipped_approval_and_not_behind_a_failed_one(dag):
    assert dag.get_task("promote").trigger_rule == "none_failed"
    assert dag.get_task("approve").trigger_rule == "all_success"


def test_promotion_is_skipped_where_nothing_was_registered(dag):
    with pytest.raises(AirflowSkipException, match="No version was registered and compared"):
        dag.get_task("promote").execute({"ti": results(), "run_id": "r"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "user", "says"),
    [
        (None, None, "nobody was asked to approve"),
        ({"approved": True, "by": "alice", "comment": ""}, "alice", "alice triggered the run"),
    ],
)
def test_xcom_with_a_looser_policy_than_the_commit_promotes_nothing(client, checkout, answer, user, says):
    params = checkout.root / "params.yaml"
    text = params.read_text()
    params.write_text(text.replace("promote:\n", "promote:\n  policy: approval\n  second_person: true\n"))
    version = checkout.publish()
    compared = to_payload(
        [ComparedCandidate(version, ComparisonSummary("better", "It is better", None, ""))],
        PromotePolicy(policy="automatic" if answer is None else "approval"),
    )
    known = {"register": {"name": version.name, "version": version.version}, "compare": compared}
    instance = results(**known, approve=answer)
    with DAG("training"):
        for task_id in ("register", "compare", "approve"):
            EmptyOperator(task_id=task_id)
        names = {"registered_by": "register", "compared_by": "compare", "approved_by": "approve"}
        task = PromoteOperator(task_id="promote", project=checkout.root, **names)

    run = SimpleNamespace(triggering_user_name=user)
    decision = task.execute({"ti": instance, "run_id": "r", "dag_run": run})

    assert not decision["promoted"]
    assert says in decision["sentence"]
    assert "champion" not in client.get_registered_model(version.name).aliases


@pytest.mark.slow
def test_unsigned_version_is_not_promoted_where_the_checkout_requires_a_signature(client, checkout, tmp_path):
    version = checkout.publish()  # as a worker registers it, without the key
    pair = KeyPair.make(tmp_path, "release")
    (checkout.root / "release.pub").write_bytes(pair.public.read_bytes())
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text() + "signing: {required: true, public_keys: [release.pub]}\n")
    compared = to_payload(
        [ComparedCandidate(version, ComparisonSummary("better", "It is better", None, ""))],
        PromotePolicy(policy="automatic"),
    )
    known = {"register": {"name": version.name, "version": version.version}, "compare": compared}
    with DAG("training"):
        for task_id in ("register", "compare"):
            EmptyOperator(task_id=task_id)
        names = {"registered_by": "register", "compared_by": "compare"}
        task = PromoteOperator(task_id="promote", project=checkout.root, **names)

    run = SimpleNamespace(triggering_user_name=None)
    with pytest.raises(RegistryError, match=f"{version} is not signed"):
        task.execute({"ti": results(**known), "run_id": "r", "dag_run": run})

    assert "champion" not in client.get_registered_model(version.name).aliases
