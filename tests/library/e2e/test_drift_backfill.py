"""Months backfilled side by side on two schedulers, one of which is killed: one verdict each, one retrain."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.library.e2e.cluster import POSTGRES, Cluster, free_port, running
from tests.library.e2e.turning import make_project
from tests.library.e2e.world import run_as_user, tags, until
from trimtab.local.airflow_api import Run

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.xdist_group("drift_backfill"),  # whose servers start once
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL, as in Debian's package `postgresql`"),
]

DAYS = [f"2013-{month:02}-01" for month in range(5, 10)]  # the windows of April to August
TURNED = {"ingest.turns": "2013-05"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two hosts, on which the world has turned round in May while nobody looked, and nobody can train."""
    folder = tmp_path_factory.mktemp("backfill")
    project = make_project(folder / "turning", retries=4)
    run_as_user(project, "dvc", "remote", "add", "--default", "shared", str(folder / "remote"))
    run_as_user(project, "git", "commit", "--quiet", "--all", "--message", "A remote")
    port = free_port()
    mlflow_url = f"http://127.0.0.1:{port}"
    with running(folder / "hosts", project, {"MLFLOW_TRACKING_URI": mlflow_url}) as made:
        made.start("mlflow", "head", "mlflow", "server", "--port", str(port), "--workers", "1")
        for dag in ("training", "drift_check"):
            made.airflow.wait_for_dag(dag)
        assert run(made, "training", "first").state == "success"
        assert run(made, "drift_check", "before", {"ingest.until": "2013-04-01"}).state == "success"
        pause(made, "training")
        backfill(made, "none")
        until(lambda: "running" in [look(made, day).tasks["measure"] for day in DAYS], timeout=300)
        made.kill("scheduler-one")
        time.sleep(5)
        made.start_scheduler("one")
        for day in DAYS:
            assert finished(made, "drift_check", backfilled(day)).state == "success", day
        yield made


def run(cluster: Cluster, dag: str, run_id: str, conf: dict[str, object] | None = None) -> Run:
    cluster.airflow.trigger(dag, run_id, conf=conf)
    return finished(cluster, dag, run_id)


def finished(cluster: Cluster, dag: str, run_id: str) -> Run:
    return cluster.airflow.watch(dag, run_id, lambda run: None, alive=cluster.check, timeout=900)


def backfilled(day: str) -> str:
    return f"backfill__{day}T00:00:00+00:00"


def look(cluster: Cluster, day: str) -> Run:
    return cluster.airflow.run("drift_check", backfilled(day))


def tries(cluster: Cluster, day: str) -> int:
    """How often a month has been looked at."""
    path = f"/api/v2/dags/drift_check/dagRuns/{backfilled(day)}/taskInstances/measure"
    answer = httpx.get(f"{cluster.url}{path}", timeout=60)
    number: int = answer.json()["try_number"]
    return number


def pause(cluster: Cluster, dag: str, paused: bool = True) -> None:
    url = f"{cluster.url}/api/v2/dags/{dag}"
    httpx.patch(url, json={"is_paused": paused}, timeout=60).raise_for_status()


def backfill(cluster: Cluster, reprocess: str) -> None:
    """As the button in Airflow's UI does, all months at once."""
    body = {
        "dag_id": "drift_check",
        "from_date": f"{DAYS[0]}T00:00:00Z",
        "to_date": f"{DAYS[-1]}T00:00:00Z",
        "max_active_runs": len(DAYS),
        "dag_run_conf": TURNED,
        "reprocess_behavior": reprocess,
    }

    def accepted() -> bool:
        """Refused for as long as Airflow has not noticed that the one before is over."""
        answer = httpx.post(f"{cluster.url}/api/v2/backfills", json=body, timeout=60)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        answer.raise_for_status()
        return True

    until(accepted, timeout=120)


def trainings(cluster: Cluster) -> list[str]:
    """The runs that drift has triggered."""
    answer = httpx.get(f"{cluster.url}/api/v2/dags/training/dagRuns", timeout=60)
    ids = [run["dag_run_id"] for run in answer.json()["dag_runs"]]
    return [run_id for run_id in ids if run_id.startswith("drift__")]


def verdicts(cluster: Cluster) -> list[dict[str, str]]:
    """The tags of every verdict in MLflow, by window."""
    url = f"{cluster.env['MLFLOW_TRACKING_URI']}/api/2.0/mlflow"
    found: Any = httpx.get(f"{url}/experiments/get-by-name", params={"experiment_name": "turning-drift"})
    body = {"experiment_ids": [found.json()["experiment"]["experiment_id"]]}
    runs = httpx.post(f"{url}/runs/search", json=body).json()["runs"]
    kept = [tags(run["data"]) for run in runs]
    return sorted(
        (one for one in kept if "trimtab.window" in one), key=lambda verdict: verdict["trimtab.window"]
    )


def test_every_month_has_one_verdict(cluster: Cluster) -> None:
    windows = [verdict["trimtab.window"] for verdict in verdicts(cluster)]
    assert windows == [f"2013-{month:02}" for month in range(3, 9)]
    losses = [
        verdict["trimtab.window"]
        for verdict in verdicts(cluster)
        if "max_metric_drop" in verdict["trimtab.exceeded"].split()
    ]
    assert losses == [f"2013-{month:02}" for month in range(5, 9)]


def test_one_retrain_is_asked_for(cluster: Cluster) -> None:
    (asked,) = trainings(cluster)
    waiting = [one["trimtab.window"] for one in verdicts(cluster) if one["trimtab.outcome"] == "pending"]
    assert [f"drift__{window}" for window in waiting] == [asked]


def test_the_same_backfill_once_more_asks_for_none(cluster: Cluster) -> None:
    asked, tried = trainings(cluster), {day: tries(cluster, day) for day in DAYS}
    backfill(cluster, "completed")
    for day in DAYS:
        until(lambda day=day: tries(cluster, day) > tried[day], timeout=300)
        assert finished(cluster, "drift_check", backfilled(day)).state == "success"
    assert trainings(cluster) == asked
    assert len(verdicts(cluster)) == len(DAYS) + 1


def test_what_became_of_the_retrain_is_written_back_once_it_may_run(cluster: Cluster) -> None:
    (asked,) = trainings(cluster)
    pause(cluster, "training", False)
    assert finished(cluster, "training", asked).state == "success"
    outcomes = {one["trimtab.window"]: one["trimtab.outcome"] for one in verdicts(cluster)}
    window = asked.removeprefix("drift__")
    # It learns from the month before the window: for May, still from the old world.
    assert outcomes[window] == ("refused" if window == "2013-05" else "promoted")
