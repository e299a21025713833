"""A timetable with bounds: dates between which a DAG is scheduled, though a person may run it at any date."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from airflow.sdk import DAG, AssetOrTimeSchedule
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

from trimtab.airflow.airflow_compat import (
    core_timetable,
    decode_timetable,
    encode_timetable,
    is_asset_triggered,
    with_timezone,
)
from trimtab.schedule_bounds import write_bounds

if TYPE_CHECKING:
    from trimtab.airflow.airflow_compat import InnerTimetable

_OWN = {"next_dagrun_info", "next_dagrun_info_v2", "serialize", "deserialize", "summary", "description"}
_READ_AT_PARSE = {"can_be_scheduled", "active_runs_limit", "partitioned_at_runtime", "validate"}


class SerializedBounds(TypedDict):
    """A :class:`BoundedTimetable` as Airflow stores it; the dates in ISO 8601."""

    timetable: dict[str, object]
    earliest: str | None
    latest: str | None


class BoundedTimetable(Timetable):
    """Another timetable, between two dates.

    A run outside of a DAG's own ``start_date`` and ``end_date`` has no tasks: it is green and did nothing.
    Airflow's trigger form gives such a date. So the dates of a Trimtab DAG bound what is scheduled and
    backfilled, and a person may trigger a run at any date.

    Args:
        inner: The timetable that is bounded, as a DAG file or the scheduler has it; everything else comes
            from it.
        earliest: The first logical date that is scheduled; None for no bound.
        latest: The last logical date that is scheduled; None for no bound.
    """

    def __init__(self, inner: InnerTimetable, earliest: datetime | None, latest: datetime | None) -> None:
        self.__inner, self.__earliest, self.__latest = inner, earliest, latest

    def __getattribute__(self, name: str) -> object:
        if name.startswith("_") or name in _OWN:
            return object.__getattribute__(self, name)
        return getattr(self.__inner if name in _READ_AT_PARSE else self.__core(), name)

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
        """Return the next run, for the scheduler."""
        info: DagRunInfo | None = self.__core().next_dagrun_info_v2(
            last_dagrun_info=last_dagrun_info, restriction=self.__narrowed(restriction)
        )
        return info

    @property
    def summary(self) -> str:
        """The inner timetable's summary and the bounds, for the UI."""
        return f"{self.__core().summary}{self.__bounds()}"

    @property
    def description(self) -> str:
        """The inner timetable's description and the bounds, for the UI."""
        return f"{self.__core().description}{self.__bounds()}"

    def serialize(self) -> SerializedBounds:
        """Return what :meth:`deserialize` takes."""
        return {
            "timetable": encode_timetable(self.__inner),
            "earliest": self.__earliest.isoformat() if self.__earliest else None,
            "latest": self.__latest.isoformat() if self.__latest else None,
        }

    @classmethod
    def deserialize(cls, data: SerializedBounds) -> Timetable:
        """Make the timetable from what :meth:`serialize` returned."""
        earliest, latest = (
            datetime.fromisoformat(date) if date else None for date in (data["earliest"], data["latest"])
        )
        return cls(decode_timetable(data["timetable"]), earliest, latest)

    def __narrowed(self, restriction: TimeRestriction) -> TimeRestriction:
        earliest = [date for date in (restriction.earliest, with_timezone(self.__earliest)) if date]
        latest = [date for date in (restriction.latest, with_timezone(self.__latest)) if date]
        return restriction._replace(earliest=max(earliest, default=None), latest=min(latest, default=None))

    def __core(self) -> Timetable:
        return core_timetable(self.__inner)

    def __bounds(self) -> str:
        return write_bounds(self.__earliest, self.__latest)


def bound_schedule(dag: DAG) -> None:
    """Turn the start and end date of a DAG into bounds of its schedule; its tasks lose them.

    Args:
        dag: The DAG; a task with dates of its own keeps them.
    """
    starts = [date for date in (dag.start_date, dag.default_args.pop("start_date", None)) if date]
    ends = [date for date in (dag.end_date, dag.default_args.pop("end_date", None)) if date]
    dag.start_date = dag.end_date = None
    for task in dag.tasks:  # those made before have the DAG's dates
        task.start_date = None if task.start_date in starts else task.start_date
        task.end_date = None if task.end_date in ends else task.end_date
    if not (starts or ends) or not dag.timetable.can_be_scheduled:
        return
    bounds = (max(starts, default=None), min(ends, default=None))
    if isinstance(dag.timetable, AssetOrTimeSchedule):
        dag.timetable.timetable = BoundedTimetable(dag.timetable.timetable, *bounds)
    elif not is_asset_triggered(dag.timetable):  # such runs have no logical date
        dag.timetable = BoundedTimetable(dag.timetable, *bounds)
