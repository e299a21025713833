"""The names of Airflow that are not public: each test names what has moved."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, CronTriggerTimetable

from trimtab.airflow import airflow_compat as compat

PACKAGE = Path(compat.__file__).parent
PREFIXES = (  # of public modules, besides airflow.sdk itself
    "airflow.sdk.exceptions",
    "airflow.sdk.plugins_manager",
    "airflow.providers",  # versioned by themselves
    "airflow.timetables.base",  # documented for timetables of plugins
    "airflow.listeners",  # documented for listeners of plugins
    "airflow.api_fastapi",  # documented for apps of plugins
)


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.stem)
def test_module_imports_private_names_of_airflow_through_the_compatibility_module_only(file):
    if file.name == "airflow_compat.py":
        return
    imported = re.findall(r"^\s*(?:from|import) (airflow[\w.]*)", file.read_text(), re.M)
    allowed = [name for name in imported if name == "airflow.sdk" or name.startswith(PREFIXES)]
    assert imported == allowed, "move it to airflow_compat.py, with a test"


def test_configuration_has_the_base_url(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/")
    assert compat.api_base_url() == "https://airflow.example.com/", "airflow.configuration.conf has moved"


def test_xcom_of_another_task_is_written_by_name(monkeypatch):
    from airflow.sdk.execution_time import xcom

    written = []
    monkeypatch.setattr(xcom.XCom, "set", lambda **values: written.append(values))
    values = {"key": "k", "value": 1, "dag_id": "d", "run_id": "r", "task_id": "t"}
    compat.push_xcom_of_other_task(**values)
    assert written == [values], "airflow.sdk.execution_time.xcom.XCom.set has moved"


def test_timetable_of_asset_events_is_recognized():
    with DAG("events", schedule=Asset("a")) as events, DAG("dates", schedule="@daily") as dates:
        pass
    assert compat.is_asset_triggered(events.timetable), "AssetTriggeredTimetable has moved"
    assert not compat.is_asset_triggered(dates.timetable)


def test_timetable_is_encoded_decoded_and_turned_into_the_schedulers():
    timetable = CronTriggerTimetable("0 3 * * 0", timezone="UTC")
    decoded = compat.decode_timetable(compat.encode_timetable(timetable))
    core = compat.core_timetable(timetable)
    assert type(decoded) is type(core), "airflow.serialization.encoders or decoders have moved"
    assert core.summary == "0 3 * * 0"


def test_date_without_a_time_zone_gets_one():
    date = compat.with_timezone(datetime(2013, 1, 1))
    assert date == datetime(2013, 1, 1, tzinfo=UTC), "airflow.sdk.timezone.coerce_datetime has moved"
    assert compat.with_timezone(None) is None


def test_models_of_the_database_have_the_names_that_report_pages_read():
    from airflow.models.dag import DagModel
    from airflow.models.dag_version import DagVersion
    from airflow.models.dagbag import DBDagBag
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    assert hasattr(DagModel, "fileloc")
    assert hasattr(DagVersion, "get_latest_version")
    assert hasattr(DBDagBag, "get_dag")
    assert hasattr(TaskInstance, "dag_version_id")
    assert hasattr(XComModel, "get_many")
    assert hasattr(XComModel, "deserialize_value")
    assert callable(create_session)


def test_operator_has_the_private_attributes_that_a_clone_sets():
    with DAG("d"):
        task = EmptyOperator(task_id="t", task_display_name="shown")
    attributes = vars(task)
    assert attributes["_task_display_name"] == "shown", "BaseOperator._task_display_name has moved"
    assert {"_dag", "task_group", "upstream_task_ids", "downstream_task_ids"} <= attributes.keys()

    compat.set_display_name(attributes, "other")
    compat.reset_dag(attributes)

    assert task.task_display_name == "other"
    assert (task._dag, task.task_group, task.upstream_task_ids) == (None, None, set())


def test_configured_executors_have_class_alias_and_module(monkeypatch):
    from airflow.executors import executor_loader

    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor,big:shop.executors.BigExecutor")
    monkeypatch.setattr(executor_loader, "_executor_names", [])
    for kind in ("alias_to_executors", "module_to_executors", "classname_to_executors"):
        monkeypatch.setattr(executor_loader, f"_{kind}_per_team", defaultdict(dict))
    monkeypatch.setattr(executor_loader, "_team_name_to_executors", defaultdict(list))
    names = compat.configured_executors()
    assert {"LocalExecutor", "big", "BigExecutor", "shop.executors.BigExecutor"} <= {*names}, (
        "ExecutorLoader.get_executor_names or ExecutorName has moved"
    )
