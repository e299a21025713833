"""The dates of the main job; a real Airflow runs it in the end-to-end tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from rich.console import Console

from trimtab.errors import ServiceError
from trimtab.local.loop import Loop, LoopDags

START, END = (datetime(2013, month, 1, tzinfo=UTC) for month in (6, 9))


class Schedule:
    """An Airflow that has a schedule, and runs nothing."""

    def __init__(
        self, *scheduled: datetime, start: datetime | None = None, end: datetime | None = None
    ) -> None:
        self.scheduled, self.bounds = list(scheduled), (start, end)

    def wait_for_dag(self, dag: str, **_: object) -> None:
        pass

    def scheduled_dates(self, dag: str, first: datetime, last: datetime) -> list[datetime]:
        self.asked = (first, last)
        return [date for date in self.scheduled if first <= date <= last]

    def dates(self, dag: str) -> tuple[datetime | None, datetime | None]:
        return self.bounds


def played(airflow: Schedule, drift_check: str | None = "drift_check") -> Loop:
    servers = SimpleNamespace(airflow_url="http://a", mlflow_url="http://m", check=lambda: None)
    loop = Loop(servers, SimpleNamespace(), Console(), LoopDags("training", drift_check))
    loop.airflow = airflow
    return loop


@pytest.mark.parametrize("dates", [(), (START,)])
def test_loop_between_dates_without_a_drift_check_is_refused_before_it_trains(dates) -> None:
    loop = played(Schedule(*dates))

    with pytest.raises(ServiceError, match="never scheduled after 2013-06-01 until 2013-06-11: drift_check"):
        loop.run(START, START + timedelta(days=10))


def test_pipeline_without_a_drift_check_is_only_trained() -> None:
    loop, triggered = played(Schedule(), None), []
    loop._trigger = lambda dag, date: triggered.append((dag, date))

    loop.run(START, START)
    loop.run()

    assert triggered[0] == ("training", START)
    assert timedelta(0) <= datetime.now(UTC) - triggered[1][1] < timedelta(minutes=5)


@pytest.mark.parametrize("end", [END, None, datetime(2999, 1, 1, tzinfo=UTC)])
def test_loop_without_dates_has_those_of_the_drift_check_and_never_one_to_come(end) -> None:
    airflow = Schedule(start=START, end=end)
    with pytest.raises(ServiceError, match="never scheduled"):
        played(airflow).run()
    first, last = airflow.asked
    assert first == START
    assert last == END if end == END else timedelta(0) <= datetime.now(UTC) - last < timedelta(minutes=5)


def test_loop_without_a_first_date_is_refused_before_it_trains() -> None:
    with pytest.raises(ServiceError, match=r"no start_date to begin with: drift_check[\s\S]*--from"):
        played(Schedule(end=END)).run()
