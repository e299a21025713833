"""The dates of the main job; a real Airflow runs it in the end-to-end tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from rich.console import Console

from trimtab.errors import ServiceError
from trimtab.local.loop import Loop, LoopDags

START = datetime(2013, 6, 1, tzinfo=UTC)


class Schedule:
    """An Airflow that has a schedule, and runs nothing."""

    def __init__(self, *dates: datetime) -> None:
        self.dates = list(dates)

    def wait_for_dag(self, dag: str, **_: object) -> None:
        pass

    def scheduled_dates(self, dag: str, first: datetime, last: datetime) -> list[datetime]:
        return self.dates


@pytest.mark.parametrize("dates", [(), (START,)])
def test_loop_between_dates_without_a_drift_check_is_refused_before_it_trains(dates) -> None:
    servers = SimpleNamespace(airflow_url="http://a", mlflow_url="http://m", check=lambda: None)
    loop = Loop(servers, SimpleNamespace(), Console(), LoopDags("training", "drift_check"))
    loop.airflow = Schedule(*dates)

    with pytest.raises(ServiceError, match="never scheduled after 2013-06-01 until 2013-06-11: drift_check"):
        loop.run(START, START + timedelta(days=10))


def test_pipeline_without_a_drift_check_is_only_trained() -> None:
    servers = SimpleNamespace(airflow_url="http://a", mlflow_url="http://m", check=lambda: None)
    loop = Loop(servers, SimpleNamespace(), Console(), LoopDags("training", None))
    loop.airflow = Schedule()
    triggered = []
    loop._trigger = lambda dag, date: triggered.append((dag, date))

    loop.run(START, START)

    assert triggered == [("training", START)]
