"""The DAGs of a folder as Airflow's DagBag parses them, in a process of its own.

``python -m trimtab.airflow.dag_bag_process FOLDER ANSWER`` writes JSON into a file: what each DAG file
defines, imports and fails with. Airflow and the DAG files may print anything. It is a separate process since
importing Airflow creates its home folder, and a DAG file may import anything.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from airflow.sdk import DAG

from trimtab.airflow.airflow_compat import dag_files, new_dag_bag
from trimtab.parsed_dag import ParsedDag, ParsedFile

# Each takes a second or more to import, and Airflow parses every DAG file every few seconds.
HEAVY = ("dvc", "great_expectations", "mlflow", "pandas", "sklearn", "skops", "torch")


def parse(folder: Path) -> dict[str, ParsedFile]:
    """Parse the DAG files of a folder.

    Args:
        folder: Airflow's DAG folder.

    Returns:
        What each file has, by its path relative to the folder.
    """
    given, bag = _recorded_arguments(), new_dag_bag(folder)
    parsed: dict[str, ParsedFile] = {}
    for path in dag_files(folder):
        heavy, errors = _heavy_modules(), set(bag.import_errors)
        dags = bag.process_file(str(path), only_if_updated=False)
        parsed[path.relative_to(folder).as_posix()] = {
            "error": "\n".join(bag.import_errors[file] for file in bag.import_errors.keys() - errors),
            "heavy": sorted(_heavy_modules() - heavy),
            "dags": [_parsed_dag(dag, given.get(id(dag), [])) for dag in dags],
        }
    return parsed


def _recorded_arguments() -> Mapping[int, list[str]]:
    """Record the names of the arguments that each DAG is made with: a value may be that of the default."""
    given: dict[int, list[str]] = {}
    original = DAG.__init__

    def record(self: DAG, *args: object, **arguments: object) -> None:
        given[id(self)] = sorted(arguments)
        original(self, *args, **arguments)

    DAG.__init__ = record
    return given


def _heavy_modules() -> set[str]:
    return {name for name in HEAVY if name in sys.modules}


def _parsed_dag(dag: DAG, given: list[str]) -> ParsedDag:
    return {
        "dag_id": dag.dag_id,
        "tags": sorted(dag.tags),
        "has_doc": bool(dag.doc_md),
        "has_schedule": dag.schedule is not None,
        # A DvcDag hands its dates on to its timetable.
        "has_start_date": "start_date" in given or any(task.start_date for task in dag.tasks),
        "given": given,
        "tasks": [
            {
                "task_id": task.task_id,
                "owner": task.owner,
                "retries": task.retries or 0,
                "has_timeout": task.execution_timeout is not None,
                "has_alert": bool(task.on_failure_callback or dag.on_failure_callback),
            }
            for task in dag.tasks
        ],
    }


def main() -> None:
    """Parse the folder that the command line names."""
    folder, answer = map(Path, sys.argv[1:])
    answer.write_text(json.dumps(parse(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
