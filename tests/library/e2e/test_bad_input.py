"""Bad data, bad params, a registry that is down: each stops the run with a message and registers nothing."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.library.e2e.world import START, World
from trimtab.errors import ServiceError
from trimtab.local.loop import Loop
from trimtab.pipeline.git.revision import git

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("loop")]  # which plays once for both

MONTH = "data/raw/2013-04.parquet"
CORRUPTIONS = {
    "a column renamed": "t = t.rename(columns={'arr_delay': 'delay'})",
    "a month of nulls": "t['dep_time'] = t['arr_time'] = t['arr_delay'] = None",
    "a month with doubled rows": "t = pd.concat([t, t])",
}


@pytest.fixture
def corrupted(world: World, request: pytest.FixtureRequest) -> Iterator[str]:
    """The supplier breaks one month after it was ingested: a second command of the stage does it."""
    pipeline = world.project / "dvc.yaml"
    text = pipeline.read_text()
    command = next(line for line in text.splitlines() if "pipelines.flights.ingest" in line)
    break_it = CORRUPTIONS[request.param]
    script = f"import pandas as pd; t = pd.read_parquet('{MONTH}'); {break_it}; t.to_parquet('{MONTH}')"
    both = [command.strip().removeprefix("cmd: "), f'python -c "{script}"']
    pipeline.write_text(text.replace(command, f"    cmd: {json.dumps(both)}", 1))
    yield request.param
    git(world.project, "checkout", "--quiet", "dvc.yaml")


@pytest.mark.parametrize(
    "corrupted",
    [pytest.param(one, marks=[] if one == "a column renamed" else pytest.mark.slow) for one in CORRUPTIONS],
    indirect=True,
)
def test_corrupt_data_registers_nothing(world: World, played: Loop, corrupted: str) -> None:
    before, champion = world.registered, world.champion
    run = world.run("training", f"corrupt {corrupted}".replace(" ", "_"), {"ingest.until": START.isoformat()})
    assert run.state == "failed"
    assert run.failed_tasks == ["validate_raw"]
    assert run.tasks["train"] == run.tasks["register"] == "upstream_failed"
    assert world.registered == before
    assert world.champion == champion
    task = f"/dags/training/dagRuns/{run.id}/taskInstances/validate_raw"
    assert world.get(task)["try_number"] == 1, "a verdict is not tried again"
    assert (
        "The pipeline stops here"
        in httpx.get(world.get(f"{task}/links")["extra_links"]["Report"], timeout=60).text
    )
    log = world.airflow.log(run, "validate_raw", lines=60)
    assert "report.html" in log
    assert list((world.home.path / "failed" / "training" / run.id).rglob("report.html"))


@pytest.mark.slow
@pytest.mark.parametrize("corrupted", ["a month of nulls"], indirect=True)
def test_corrupt_data_is_an_incident_and_never_retrains(world: World, played: Loop, corrupted: str) -> None:
    run = world.run("drift_check", "incident", {"ingest.until": "2013-09-01"})
    assert run.failed_tasks == ["validate_raw"]
    assert run.tasks["measure"] == run.tasks["retrain"] == "upstream_failed"
    with pytest.raises(ServiceError, match="404"):
        world.airflow.run("training", "drift__2013-08")


def test_a_value_of_another_type_is_refused_by_the_form(world: World, played: Loop) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        world.post("/dags/training/dagRuns", logical_date=None, conf={"train.max_iter": "many"})
    assert refused.value.response.status_code == 400


def test_an_unknown_param_fails_the_plan_with_the_nearest_match(world: World, played: Loop) -> None:
    run = world.run("training", "unknown_param", {"train.max_itr": 5})
    assert run.failed_tasks == ["plan"]
    assert "did you mean 'train.max_iter'?" in world.airflow.log(run, "plan")


@pytest.mark.slow
def test_an_until_before_any_data_fails_and_says_so(world: World, played: Loop) -> None:
    run = world.run("training", "too_early", {"ingest.until": "2012-06-01"})
    assert run.failed_tasks == ["ingest"]
    assert "2012-06-01" in world.airflow.log(run, "ingest")


@pytest.mark.slow
def test_a_registry_that_is_down_fails_the_task_with_its_address(world: World, played: Loop) -> None:
    before = world.registered
    run = world.airflow.run("training", f"loop__{START}")
    os.killpg(world.stack.servers["mlflow"].pid, signal.SIGSTOP)
    try:
        cleared = world.clear(run, "register", downstream=True)
    finally:
        os.killpg(world.stack.servers["mlflow"].pid, signal.SIGCONT)
    assert cleared.tasks["register"] == "failed"
    assert cleared.tasks["promote"] == "upstream_failed"
    assert world.stack.mlflow_url in world.airflow.log(cleared, "register")
    assert world.clear(run, "register", downstream=True).state == "success"
    assert world.registered == before
