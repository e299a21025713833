"""Dates of a DAG bound what is scheduled, never what a person may trigger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pendulum
import pytest
from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, BaseOperator, CronTriggerTimetable
from airflow.serialization.serialized_objects import DagSerialization

from trimtab.airflow import DvcDag, DvcTaskGroup
from trimtab.airflow.timetable import BoundedTimetable

START, END = datetime(2013, 4, 1, tzinfo=UTC), datetime(2013, 7, 1, tzinfo=UTC)
MONTHS = [datetime(2013, month, 1, tzinfo=UTC) for month in range(4, 8)]
CRON = CronTriggerTimetable("0 0 1 * *", timezone="UTC")
EITHER = AssetOrTimeSchedule(timetable=CRON, assets=[Asset("a")])


@pytest.fixture
def scheduled(project):
    """Make a DAG, and return it as the scheduler has it."""
    root = project().root

    def make(**kwargs):
        dag = DvcDag("d", project=root, **kwargs)
        return DagSerialization.from_dict(DagSerialization.to_dict(dag))

    return make


def dates(dag):
    found = dag.iter_dagrun_infos_between(pendulum.datetime(2012, 1, 1), pendulum.datetime(2026, 1, 1))
    return [info.logical_date for info in found]


@pytest.mark.parametrize(
    "kwargs",
    [
        {"schedule": CRON, "start_date": START, "end_date": END},
        {"schedule": "0 0 1 * *", "start_date": START, "end_date": END},
        {"schedule": CRON, "default_args": {"start_date": START, "end_date": END}},
        {"schedule": CRON, "start_date": START, "default_args": {"end_date": END}, "catchup": True},
        {"schedule": EITHER, "start_date": START, "end_date": END},
    ],
)  # fmt: skip
def test_dates_of_a_dag_bound_its_schedule_and_none_of_its_tasks(scheduled, kwargs):
    dag = scheduled(**kwargs)
    assert (dag.start_date, dag.end_date) == (None, None)
    assert {(task.start_date, task.end_date) for task in dag.tasks} == {(None, None)}
    assert dates(dag) == MONTHS


def test_schedule_that_has_ended_gives_no_further_run(scheduled):
    dag = scheduled(schedule=CRON, start_date=START, end_date=END, catchup=False)
    assert dag.next_dagrun_info(last_automated_run_info=None) is None


def test_catchup_begins_with_the_earliest_date(scheduled):
    dag = scheduled(schedule=CRON, start_date=START, end_date=END, catchup=True)
    assert dag.next_dagrun_info(last_automated_run_info=None).logical_date == START


def test_bounded_timetable_shows_its_bounds_and_else_equals_the_inner_one(scheduled):
    plain, dag = scheduled(schedule=CRON), scheduled(schedule=CRON, start_date=START, end_date=END)
    assert dag.timetable.summary == "0 0 1 * *, from 2013-04-01 until 2013-07-01"
    assert plain.timetable.description in dag.timetable.description
    for name in ("periodic", "can_be_scheduled", "active_runs_limit", "partitioned", "type_name"):
        assert getattr(dag.timetable, name) == getattr(plain.timetable, name)
    late = pendulum.datetime(2026, 1, 1)
    assert dag.timetable.infer_manual_data_interval(run_after=late).end == late


@pytest.mark.parametrize("schedule", [None, [Asset("a")]])
def test_dates_are_dropped_where_nothing_is_scheduled_by_time(project, schedule):
    dag = DvcDag("d", project=project().root, schedule=schedule, start_date=START, end_date=END)
    assert not isinstance(dag.timetable, BoundedTimetable)
    assert {task.end_date for task in dag.tasks} == {None}


def test_dag_without_dates_keeps_its_timetable(project):
    dag = DvcDag("d", project=project().root, schedule=timedelta(days=1))
    assert not isinstance(dag.timetable, BoundedTimetable)


@pytest.mark.parametrize(
    "kwargs",
    [{"start_date": START, "end_date": END}, {"default_args": {"start_date": START, "end_date": END}}],
    ids=["dag", "default_args"],
)
def test_dates_of_a_plain_dag_with_groups_bound_its_schedule_and_none_of_its_tasks(project, kwargs):
    with DAG("d", schedule=CRON, **kwargs) as dag:
        before = BaseOperator(task_id="before")
        BaseOperator(task_id="own", end_date=MONTHS[1])
        groups = [DvcTaskGroup(name, project=project(folder=name).root) for name in ("one", "two")]
        before >> groups[0] >> groups[1] >> BaseOperator(task_id="after")
    dag = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert {task.end_date for task in dag.tasks if task.task_id != "own"} == {None}
    assert {task.start_date for task in dag.tasks if task.task_id != "own"} == {None}
    assert dag.get_task("own").end_date == MONTHS[1]
    assert dates(dag) == MONTHS
