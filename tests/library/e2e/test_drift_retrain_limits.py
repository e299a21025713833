"""Windows without a retrain: retrain limits, delayed labels, and windows that cannot be checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.library.e2e.turning import Year, play

# One worker: the servers start once.
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("drift_retrain_limits")]

OLD = {"drift.max_age": 1, "drift.back_off": 0}  # a retrain is due in every window
LATE = {"drift.label_delay": 1, "ingest.turns": "2013-07"}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The year after all its runs."""
    with play(tmp_path_factory.mktemp("limits") / "turning") as year:
        assert year.world.run("training", "first").state == "success"
        year.check("2013-04-01", **OLD)
        assert year.world.wait("training", "drift__2013-03").state == "success"
        year.check("2013-05-01", **OLD, **{"drift.cooldown": 1})
        year.check("2013-06-01", **OLD, **{"drift.budget": 1})
        year.check("2013-07-01", **{"ingest.one_class": "2013-06"})
        year.check("2013-08-01", **{"ingest.empty": "2013-07"})
        year.waiting = year.trainings()
        year.check("2013-08-01", run_id="blind", **LATE)
        year.check("2013-09-01", run_id="seen", **LATE)
        assert year.world.wait("training", "drift__2013-07").state == "success"
        yield year


def decision(year: Year, run_id: str) -> tuple[object, object]:
    return year.verdict(run_id)["window"], year.verdict(run_id)["decision"]


def test_cooldown_replaces_a_retrain_by_watch(year: Year) -> None:
    assert decision(year, "until-2013-04-01") == ("2013-03", "retrain")
    assert decision(year, "until-2013-05-01") == ("2013-04", "watch")
    assert "the cooldown is 1" in str(year.verdict("until-2013-05-01")["sentence"])
    assert year.checks["until-2013-05-01"].tasks["retrain"] == "skipped"


def test_spent_retrain_budget_is_investigated(year: Year) -> None:
    assert decision(year, "until-2013-06-01") == ("2013-05", "investigate")
    assert "1 of 1 retrains in 12 windows are spent" in str(year.verdict("until-2013-06-01")["sentence"])
    assert year.checks["until-2013-06-01"].tasks["retrain"] == "skipped"


def test_labels_of_one_class_are_investigated(year: Year) -> None:
    assert decision(year, "until-2013-07-01") == ("2013-06", "investigate")
    assert "the label is 0 in all 600 rows" in str(year.verdict("until-2013-07-01")["sentence"])


def test_window_without_rows_fails_the_check_and_triggers_nothing(year: Year) -> None:
    run = year.checks["until-2013-08-01"]
    assert (run.state, run.failed_tasks) == ("failed", ["measure"])
    assert "The window has no rows" in year.world.airflow.log(run, "measure")
    assert run.tasks["retrain"] == "upstream_failed"
    assert year.waiting == ["drift__2013-03"]


def test_drop_shown_by_delayed_labels_requests_a_retrain(year: Year) -> None:
    assert decision(year, "blind") == ("2013-07", "none")
    assert year.verdict("blind")["window_figure"] is None
    assert decision(year, "seen") == ("2013-07", "retrain")
    assert year.verdict("seen")["also"] == ["2013-08"]
    assert year.trainings() == ["drift__2013-03", "drift__2013-07"]
