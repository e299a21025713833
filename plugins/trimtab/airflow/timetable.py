"""When a pipeline is scheduled, kept apart from when it may run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, AssetOrTimeSchedule
from airflow.sdk.definitions.timetables.assets import AssetTriggeredTimetable
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

if TYPE_CHECKING:
    from airflow.sdk.bases.timetable import BaseTimetable

_OWN = {"next_dagrun_info", "next_dagrun_info_v2", "serialize", "deserialize", "summary", "description"}
_ASKED_AT_PARSE = {"can_be_scheduled", "active_runs_limit", "partitioned_at_runtime", "validate"}


class BoundedTimetable(Timetable):
    """Another timetable, between two dates.

    A DAG with a ``start_date`` and an ``end_date`` of its own has no task in a run whose logical date lies
    outside of them: the run is green, and has done nothing. Such a date is what Airflow's trigger form gives.
    So the dates bound what is scheduled and backfilled, and a person may trigger a run at any date.

    Args:
        inner: The timetable that is bounded; in all else this one is as that one.
        earliest: The first logical date that is scheduled; None for no bound.
        latest: The last one.
    """

    def __init__(
        self, inner: BaseTimetable | Timetable, earliest: datetime | None, latest: datetime | None
    ) -> None:
        self.__inner, self.__earliest, self.__latest = inner, earliest, latest

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name in _OWN:
            return object.__getattribute__(self, name)
        return getattr(self.__inner if name in _ASKED_AT_PARSE else self.__core(), name)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the next run of the inner timetable, if it is within the bounds."""
        info: DagRunInfo | None = self.__core().next_dagrun_info(
            last_automated_data_interval=last_automated_data_interval,
            restriction=self.__narrowed(restriction),
        )
        return info

    def next_dagrun_info_v2(
        self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the same, as the scheduler asks for it."""
        info: DagRunInfo | None = self.__core().next_dagrun_info_v2(
            last_dagrun_info=last_dagrun_info, restriction=self.__narrowed(restriction)
        )
        return info

    @property
    def summary(self) -> str:
        """What the UI shows of it: the inner timetable's, and the bounds."""
        return f"{self.__core().summary}{self.__bounds()}"

    @property
    def description(self) -> str:
        """What the UI shows as its explanation."""
        return f"{self.__core().description}{self.__bounds()}"

    def serialize(self) -> dict[str, Any]:
        """Return what :meth:`deserialize` takes."""
        from airflow.serialization.encoders import encode_timetable

        dates = {"earliest": self.__earliest, "latest": self.__latest}
        return {
            "timetable": encode_timetable(self.__inner),
            **{name: date.isoformat() if date else None for name, date in dates.items()},
        }

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """Make it again in the scheduler."""
        from airflow.serialization.decoders import decode_timetable

        earliest, latest = (
            datetime.fromisoformat(data[name]) if data[name] else None for name in ("earliest", "latest")
        )
        return cls(decode_timetable(data["timetable"]), earliest, latest)

    def __narrowed(self, restriction: TimeRestriction) -> TimeRestriction:
        from airflow.sdk.timezone import coerce_datetime

        earliest = [date for date in (restriction.earliest, coerce_datetime(self.__earliest)) if date]
        latest = [date for date in (restriction.latest, coerce_datetime(self.__latest)) if date]
        return restriction._replace(earliest=max(earliest, default=None), latest=min(latest, default=None))

    def __core(self) -> Any:
        """The inner timetable as the scheduler has it; a DAG file has its settings only."""
        from airflow.serialization.encoders import coerce_to_core_timetable

        return coerce_to_core_timetable(self.__inner)

    def __bounds(self) -> str:
        dates = (("from", self.__earliest), ("until", self.__latest))
        said = [f"{word} {date:%Y-%m-%d}" for word, date in dates if date]
        return f", {' '.join(said)}" if said else ""


def bound(dag: DAG) -> None:
    """Make the dates of a DAG bounds of its schedule alone; they are no longer those of its tasks.

    Args:
        dag: A DAG; a task that has dates of its own keeps them.
    """
    starts = [date for date in (dag.start_date, dag.default_args.pop("start_date", None)) if date]
    ends = [date for date in (dag.end_date, dag.default_args.pop("end_date", None)) if date]
    dag.start_date = dag.end_date = None
    for task in dag.tasks:  # made before, each got the DAG's
        task.start_date = None if task.start_date in starts else task.start_date
        task.end_date = None if task.end_date in ends else task.end_date
    if not (starts or ends) or not dag.timetable.can_be_scheduled:
        return
    bounds = (max(starts, default=None), min(ends, default=None))
    if isinstance(dag.timetable, AssetOrTimeSchedule):
        dag.timetable.timetable = BoundedTimetable(dag.timetable.timetable, *bounds)
    elif not isinstance(dag.timetable, AssetTriggeredTimetable):  # its runs have no logical date
        dag.timetable = BoundedTimetable(dag.timetable, *bounds)
