"""The DAG files of the example. The contracts check what holds for every DAG file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
DAGS = ROOT / "dags" / "flights"
FILES = sorted(DAGS.glob("*.py"))
PIPELINES = [file for file in FILES if file.stem not in ("drill", "objectives", "rollback", "verify")]
PARSE = """
import json, sys
sys.path.insert(0, {folder!r})
module = __import__({name!r})
dag = module.dag
print("JSON" + json.dumps({{
    "dag_id": dag.dag_id,
    "description": dag.description,
    "run_timeout": str(dag.dagrun_timeout),
    "paused_at_first": dag.is_paused_upon_creation,
    "schedule": dag.timetable.__class__.__name__,
    "until": dag.plan.set_params["ingest.until"] if hasattr(dag, "plan") else None,
    "params": {{key: dag.params.get_param(key).schema for key in dag.params}},
    "tasks": {{
        task.task_id: {{"downstream": sorted(task.downstream_task_ids)}}
        for task in dag.tasks
    }},
}}))
"""


@cache
def parsed(name: str, home: Path) -> dict[str, Any]:
    """Parse a DAG file in a fresh process."""
    code = PARSE.format(folder=str(DAGS), name=name)
    env = {**os.environ, "AIRFLOW_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.rpartition("JSON")[2])
    return answer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestEveryDagFile:
    def test_dag_file_is_named_like_its_dag(self, file: Path, home: Path) -> None:
        assert parsed(file.stem, home)["dag_id"] == file.stem

    def test_dag_has_a_description_and_the_schedule_of_its_kind(self, file: Path, home: Path) -> None:
        dag = parsed(file.stem, home)
        assert dag["description"]
        others = {"rollback": "NullTimetable"}
        others |= dict.fromkeys(("drill", "objectives", "verify"), "CronTriggerTimetable")
        assert dag["schedule"] == others.get(file.stem, "BoundedTimetable")

    def test_dag_file_holds_no_logic(self, file: Path, home: Path) -> None:
        text = file.read_text()
        assert len(text.splitlines()) <= 60
        assert not any(word in text for word in ("def ", "now()", "Variable.get", "open("))


SECTIONS = {
    "training": {"ingest", "prepare", "split", "train", "evaluate", "validate_model", "promote"},
    "drift_check": {"ingest", "prepare", "drift"},
    "batch_score": {"ingest", "score"},
}


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.stem)
def test_trigger_form_has_the_sections_of_params_yaml_that_the_dag_reads(file: Path, home: Path) -> None:
    params = parsed(file.stem, home)["params"]
    assert {key.partition(".")[0] for key in params if "." in key} == SECTIONS[file.stem]
    assert params["ingest.until"]["type"] == ["null", "string"]


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.stem)
def test_logical_date_after_the_data_uses_all_of_the_data(file: Path, home: Path) -> None:
    from jinja2 import Environment

    template = Environment(autoescape=False).from_string(parsed(file.stem, home)["until"])
    template.environment.filters["ds"] = str
    end = "2013-12-01" if file.stem == "batch_score" else "2014-01-01"
    assert template.render(logical_date="2026-11-27") == end
    assert template.render(logical_date="2013-05-01") == "2013-05-01"
    assert template.render() == template.render(logical_date=None) == ""


def test_training_has_no_timeout_of_the_run(home: Path) -> None:
    assert parsed("training", home)["run_timeout"] == "None"


def test_rollback_is_not_paused_at_first(home: Path) -> None:
    assert parsed("rollback", home)["paused_at_first"] is False


def test_rollback_requires_a_reason(home: Path) -> None:
    params = parsed("rollback", home)["params"]
    assert (params["reason"]["type"], params["reason"]["minLength"]) == ("string", 1)


def test_training_registers_downstream_of_every_stage(home: Path) -> None:
    tasks = parsed("training", home)["tasks"]
    assert tasks["validate_model"]["downstream"] == ["record"]
    assert tasks["record"]["downstream"] == ["register"]
    assert tasks["register"]["downstream"] == ["approve", "compare", "promote"]
    assert tasks["compare"]["downstream"] == ["approve", "promote"]
    assert tasks["approve"]["downstream"] == ["promote"]


def test_drift_check_measures_downstream_of_the_data_gate(home: Path) -> None:
    tasks = parsed("drift_check", home)["tasks"]
    assert "train" not in tasks
    assert tasks["validate_features"]["downstream"] == ["record"]
    assert tasks["record"]["downstream"] == ["measure"]
    assert tasks["measure"]["downstream"] == ["retrain"]


def test_batch_score_has_no_training_and_scores_with_the_champion_first(home: Path) -> None:
    tasks = parsed("batch_score", home)["tasks"]
    assert set(tasks) == {"plan", "upcoming", "record", "score", "shadow"}
    assert tasks["record"]["downstream"] == ["score", "shadow"]
    assert tasks["score"]["downstream"] == ["shadow"]
