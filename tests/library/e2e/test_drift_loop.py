"""Drift checks month after month, in a world that turns round in May while nobody can train."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.library.e2e.turning import Year, play
from tests.library.e2e.world import tags

# One worker: the servers start once.
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("drift_loop")]

TURNED = {"ingest.turns": "2013-05"}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The year as it went; the tests below look at what is left of it."""
    with play(tmp_path_factory.mktemp("drift") / "turning") as year:
        world = year.world
        assert world.run("training", "first").state == "success"
        year.check("2013-04-01")
        world.pause("training")
        # The check of April never ran; two tasks ask for the same retrain at once.
        year.check("2013-06-01", dag="twins", run_id="twins", **TURNED, **{"train.breaks": True})
        year.waiting = year.trainings()
        year.check_on("2013-06-01", **TURNED)
        world.clear(year.checks["on-2013-06-01"], "measure", downstream=True)
        year.check("2013-07-01", **TURNED)
        world.pause("training", False)
        assert world.wait("training", "drift__2013-05").state == "failed"
        year.outcomes["before"] = year.outcome("twins")
        year.check("2013-08-01", **TURNED)
        year.outcomes["noticed"] = year.outcome("twins")
        year.check("2013-09-01", **TURNED, **{"ingest.corrupt": "2013-08"})
        year.check("2013-09-01", run_id="mended", **TURNED)
        assert world.wait("training", "drift__2013-08").state == "success"
        yield year


def test_a_quiet_month_triggers_nothing(year: Year) -> None:
    assert year.verdict("until-2013-04-01")["decision"] == "none"
    assert year.checks["until-2013-04-01"].tasks["retrain"] == "skipped"


def test_two_that_ask_at_once_trigger_once(year: Year) -> None:
    verdict = year.verdict("twins")
    assert (verdict["window"], verdict["decision"]) == ("2013-05", "retrain")
    assert sorted([str(year.checks["twins"].tasks[twin]) for twin in ("one", "other")]) == [
        "skipped",
        "success",
    ]
    assert year.waiting == ["drift__2013-05"]


def test_a_month_that_was_missed_is_made_up(year: Year) -> None:
    assert year.verdict("twins")["also"] == ["2013-04"]


def test_another_run_on_the_same_month_and_a_cleared_one_trigger_nothing_more(year: Year) -> None:
    cleared = year.world.airflow.run("drift_check", year.checks["on-2013-06-01"].id)
    assert (year.verdict("on-2013-06-01")["window"], year.verdict("on-2013-06-01")["decision"]) == (
        "2013-05",
        "retrain",
    )
    assert year.checks["on-2013-06-01"].tasks["retrain"] == cleared.tasks["retrain"] == "skipped"
    assert year.trainings() == ["drift__2013-05", "drift__2013-08"]


def test_a_paused_training_is_noticed(year: Year) -> None:
    verdict = year.verdict("until-2013-07-01")
    assert verdict["decision"] == "investigate"
    assert "the retrain requested for 2013-05 has no result yet" in str(verdict["sentence"])
    assert "check whether its DAG is paused" in str(verdict["sentence"])


def test_a_failed_training_is_written_back_and_a_person_looks(year: Year) -> None:
    verdict = year.verdict("until-2013-08-01")
    assert year.outcomes == {"before": "pending", "noticed": "failed"}
    assert verdict["decision"] == "investigate"
    assert "the last retrain, for 2013-05, failed" in str(verdict["sentence"])
    assert "a person decides during the back-off of 2" in str(verdict["sentence"])


def test_corrupt_data_is_an_incident_and_triggers_nothing(year: Year) -> None:
    run = year.checks["until-2013-09-01"]
    assert (run.state, run.failed_tasks) == ("failed", ["validate_features"])
    assert run.tasks["measure"] == run.tasks["retrain"] == "upstream_failed"


def test_the_month_is_judged_once_it_is_mended_and_the_retrain_helps(year: Year) -> None:
    verdict = year.verdict("mended")
    assert (verdict["window"], verdict["decision"]) == ("2013-08", "retrain")
    assert year.outcome("mended") == "promoted"
    found = year.world.mlflow("model-versions/search", filter="name='turning'")["model_versions"]
    newest = max(found, key=lambda version: int(version["version"]))
    assert str(verdict["run_id"]) in tags(newest)["trimtab.reason"]
