"""Airflow's database, with the DAGs that a test deploys."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from airflow import settings
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.xcom import XComModel
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

from trimtab.airflow.operators.gate import REPORT


@pytest.fixture(scope="module")
def airflow_database(tmp_path_factory):
    """Airflow's tables in a database of our own, whatever the machine's settings are."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('db')}/airflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "engine", engine)
        plain = sessionmaker(bind=engine, expire_on_commit=False)
        patch.setattr(settings, "NonScopedSession", plain)
        patch.setattr(settings, "Session", scoped_session(plain))
        import_all_models()
        Base.metadata.create_all(engine)
        yield
    engine.dispose()


def deploy(dag: DAG, root) -> None:
    """Put a DAG and a run of it into Airflow's database."""
    with create_session() as session:
        session.merge(DagBundleModel(name="b"))
        session.flush()
        session.merge(DagModel(dag_id=dag.dag_id, bundle_name="b", fileloc=str(root / "dags" / "dag.py")))
        session.flush()
        SerializedDagModel.write_dag(LazyDeserializedDAG.from_dag(dag), bundle_name="b", session=session)
        session.flush()
        now = datetime.now(UTC)
        DagSerialization.from_dict(DagSerialization.to_dict(dag)).create_dagrun(
            run_id=f"r-{root.parent.name}",
            run_after=now,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.SUCCESS,
            session=session,
        )


def keep(dag_id: str, root, value, task: str = "judge") -> str:
    """Write an XCom as anybody may who may write one; return where the report is asked for."""
    run = f"r-{root.parent.name}"
    with create_session() as session:
        XComModel.set(
            key=REPORT, value=json.dumps(value), dag_id=dag_id, run_id=run, task_id=task,
            serialize=False, session=session,
        )  # fmt: skip
    return f"/reports/{dag_id}/{run}/{task}"
