"""The names of Airflow that are not part of its public interface, all in one module.

Airflow's public interface is ``airflow.sdk``, its providers, and what its documentation lists; the rest may
move in any minor release. So the version is bounded to the minor that was tested, and
``tests/library/airflow/test_airflow_compat.py`` names each function here whose Airflow name has moved.

Imports are inside functions: a DAG file is parsed every few seconds and pays for what it imports. Names of
the api-server, which FastAPI needs when its routes are declared, are imported where the routes are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import BundleDagBag as BundleDagBag
    from airflow.models.dagrun import DagRun as DagRun
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.taskinstancekey import TaskInstanceKey as TaskInstanceKey
    from airflow.sdk.api.datamodels._generated import DagRunType as DagRunType
    from airflow.sdk.bases.timetable import BaseTimetable
    from airflow.sdk.definitions.dag import DagStateChangeCallback as DagStateChangeCallback
    from airflow.sdk.definitions.dag import ScheduleArg as ScheduleArg
    from airflow.sdk.definitions.deadline import DeadlineAlert as DeadlineAlert
    from airflow.sdk.definitions.param import ParamsDict as ParamsDict
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance as RuntimeTaskInstance
    from airflow.serialization.definitions.baseoperator import SerializedBaseOperator
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.timetables.base import Timetable as CoreTimetable
    from sqlalchemy.orm import Session

    # A timetable as a DAG file has it, or as the scheduler has it.
    InnerTimetable: TypeAlias = BaseTimetable | CoreTimetable


def api_base_url() -> str:
    """Return ``[api] base_url`` of Airflow's configuration."""
    from airflow.configuration import conf

    return str(conf.get("api", "base_url", fallback="/"))


def push_xcom_of_other_task(*, key: str, value: object, dag_id: str, run_id: str, task_id: str) -> None:
    """Write an XCom of another task of a DAG run; a skipped task cannot write its own."""
    from airflow.sdk.execution_time.xcom import XCom

    XCom.set(key=key, value=value, dag_id=dag_id, run_id=run_id, task_id=task_id)


def is_asset_triggered(timetable: InnerTimetable) -> bool:
    """Whether only asset events make runs of a timetable."""
    from airflow.sdk.definitions.timetables.assets import AssetTriggeredTimetable

    return isinstance(timetable, AssetTriggeredTimetable)


def encode_timetable(timetable: InnerTimetable) -> dict[str, object]:
    """Serialize a timetable as Airflow stores it."""
    from airflow.serialization.encoders import encode_timetable as encode

    return dict(encode(timetable))


def decode_timetable(data: Mapping[str, object]) -> CoreTimetable:
    """Deserialize a timetable."""
    from airflow.serialization.decoders import decode_timetable as decode

    return decode(dict(data))


def core_timetable(timetable: InnerTimetable) -> CoreTimetable:
    """Return the timetable as the scheduler has it; a DAG file has only its settings."""
    from airflow.serialization.encoders import coerce_to_core_timetable

    return coerce_to_core_timetable(timetable)


def with_timezone(date: datetime | None) -> datetime | None:
    """Return a date as Airflow compares dates: with a time zone."""
    from airflow.sdk.timezone import coerce_datetime

    coerced: datetime | None = coerce_datetime(date)
    return coerced


def database_session() -> AbstractContextManager[Session]:
    """Open a session of Airflow's database; the api-server may, a task may not."""
    from airflow.utils.session import create_session

    session: AbstractContextManager[Session] = create_session()
    return session


def stored_xcom(session: Session, dag_id: str, run_id: str, task_id: str, key: str) -> object:
    """Return an XCom of an unmapped task, read in the api-server; None if there is none."""
    from airflow.models.xcom import XComModel

    query = XComModel.get_many(
        key=key, run_id=run_id, dag_ids=dag_id, task_ids=task_id, map_indexes=-1, limit=1
    )
    found = session.scalars(query).first()
    return XComModel.deserialize_value(found) if found else None


def serialized_tasks(
    session: Session, dag_id: str, run_id: str, task_id: str
) -> Iterator[SerializedBaseOperator]:
    """Yield a task as the DAG has it: in the version of the DAG run, then in the latest version.

    Read in the api-server. Nothing is yielded if the run has no such task.
    """
    from airflow.models.dag_version import DagVersion
    from airflow.models.dagbag import DBDagBag
    from airflow.models.taskinstance import TaskInstance
    from sqlalchemy import select

    instance = session.scalar(
        select(TaskInstance).filter_by(dag_id=dag_id, run_id=run_id, task_id=task_id, map_index=-1)
    )
    if instance is None:
        return
    latest = DagVersion.get_latest_version(dag_id, session=session)
    for version in filter(None, (instance.dag_version_id, latest and latest.id)):
        dag = DBDagBag().get_dag(version, session=session)
        task = dag.task_dict.get(task_id) if dag else None
        if task is not None:
            yield task


def dag_hashes(session: Session, dag_ids: Collection[str]) -> dict[str, str]:
    """Return the hash of the latest version of each DAG, read in the api-server."""
    from airflow.models.serialized_dag import SerializedDagModel
    from sqlalchemy import select

    query = (
        select(SerializedDagModel.dag_id, SerializedDagModel.dag_hash)
        .where(SerializedDagModel.dag_id.in_(dag_ids))
        .order_by(SerializedDagModel.created_at)  # the latest one of a DAG last, so that it counts
    )
    return dict(session.execute(query).tuples().all())


def latest_dag(session: Session, dag_id: str) -> SerializedDAG | None:
    """Return the latest version of a DAG, read in the api-server; None if there is none."""
    from airflow.models.serialized_dag import SerializedDagModel

    dag: SerializedDAG | None = SerializedDagModel.get_dag(dag_id, session=session)
    return dag


def latest_runs(session: Session, dag_id: str, limit: int) -> list[DagRun]:
    """Return the newest runs of a DAG, the newest first, read in the api-server."""
    from airflow.models.dagrun import DagRun
    from sqlalchemy import select

    query = select(DagRun).filter_by(dag_id=dag_id).order_by(DagRun.run_after.desc(), DagRun.id.desc())
    return list(session.scalars(query.limit(limit)))


def find_run(session: Session, dag_id: str, run_id: str) -> DagRun | None:
    """Return a run of a DAG, read in the api-server."""
    from airflow.models.dagrun import DagRun
    from sqlalchemy import select

    run: DagRun | None = session.scalar(select(DagRun).filter_by(dag_id=dag_id, run_id=run_id))
    return run


def task_end(session: Session, dag_id: str, run_id: str, task_id: str) -> datetime | None:
    """Return when an unmapped task of a run has ended, read in the api-server; None if it has not."""
    from airflow.models.taskinstance import TaskInstance
    from sqlalchemy import select

    query = select(TaskInstance.end_date).filter_by(
        dag_id=dag_id, run_id=run_id, task_id=task_id, map_index=-1
    )
    ended: datetime | None = session.scalar(query)
    return ended


def task_states(session: Session, dag_id: str, run_id: str) -> dict[str, str]:
    """Return the state of each unmapped task of a run, read in the api-server; empty if it has none."""
    from airflow.models.taskinstance import TaskInstance
    from sqlalchemy import select

    query = select(TaskInstance.task_id, TaskInstance.state).filter_by(
        dag_id=dag_id, run_id=run_id, map_index=-1
    )
    return {task: state or "" for task, state in session.execute(query)}


def stored_xcoms(
    session: Session, dag_id: str, run_ids: Collection[str], key: str
) -> dict[tuple[str, str], object]:
    """Return the XComs of a key in runs of a DAG, by run and task, read in the api-server."""
    from airflow.models.xcom import XComModel
    from sqlalchemy import select

    query = select(XComModel).where(
        XComModel.dag_id == dag_id,
        XComModel.run_id.in_(run_ids),
        XComModel.key == key,
        XComModel.map_index == -1,
    )
    return {
        (found.run_id, found.task_id): XComModel.deserialize_value(found) for found in session.scalars(query)
    }


def waiting_questions(session: Session, dag_ids: Collection[str]) -> list[tuple[TaskInstance, HITLDetail]]:
    """Return the tasks that wait for a person's answer, with the question, read in the api-server."""
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import select

    query = (
        select(TaskInstance, HITLDetail)
        .join(HITLDetail, HITLDetail.ti_id == TaskInstance.id)
        .where(
            TaskInstance.dag_id.in_(dag_ids),
            TaskInstance.state == TaskInstanceState.AWAITING_INPUT,
            HITLDetail.responded_at.is_(None),
        )
    )
    return [(task, question) for task, question in session.execute(query)]


def module_of_task(task: object) -> str:
    """Return the module of an operator's class, as the scheduler knows a task; empty if it does not."""
    return str(getattr(task, "_task_module", ""))


def dag_file(session: Session, dag_id: str) -> str:
    """Return the path of a DAG's file, read in the api-server; empty if it is not known."""
    from airflow.models.dag import DagModel

    dag = session.get(DagModel, dag_id)
    return str(dag.fileloc) if dag and dag.fileloc else ""


def set_display_name(attributes: dict[str, object], name: str) -> None:
    """Set the display name among the attributes of an operator that no constructor has made."""
    attributes["_task_display_name"] = name


def reset_dag(attributes: dict[str, object]) -> None:
    """Take an operator out of its DAG and task group, and cut its edges, before it is added to others."""
    attributes.update(_dag=None, task_group=None, upstream_task_ids=set(), downstream_task_ids=set())


def configured_executors() -> list[str]:
    """Return the names of ``[core] executor``: classes and aliases; a task may name any of them."""
    from airflow.executors.executor_loader import ExecutorLoader

    names = ExecutorLoader.get_executor_names(validate_teams=False)
    found = (
        name for each in names for name in (each.alias, each.module_path.rpartition(".")[2], each.module_path)
    )
    return list(dict.fromkeys(filter(None, found)))


def dag_files(folder: Path) -> list[Path]:
    """Return the files of a folder in which Airflow looks for DAGs."""
    from airflow.dag_processing.importers import get_importer_registry

    return sorted(map(Path, get_importer_registry().list_dag_files(str(folder), safe_mode=True)))


def new_dag_bag(folder: Path) -> BundleDagBag:
    """Return an empty bag for the files of a DAG folder, as the DAG processor has it."""
    from airflow.dag_processing.dagbag import BundleDagBag

    return BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags", collect_dags=False)
