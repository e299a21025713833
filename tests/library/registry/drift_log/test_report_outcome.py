"""What became of a retrain, in the report of the drift check; MLflow's store is a real one."""

from __future__ import annotations

from pathlib import Path

import mlflow
import pytest

from trimtab.drift.report.report import OUTCOME_MARKS, OUTCOMES, with_outcome
from trimtab.registry.drift_log.report_outcome import PAGE, write_outcome


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> tuple[mlflow.MlflowClient, str]:
    folder = tmp_path_factory.mktemp("store")
    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    return client, client.create_experiment("drift", artifact_location=f"{folder}/artifacts")


def logged(store, folder: Path, text: str | bytes | None) -> str:
    client, experiment = store
    run = client.create_run(experiment).info.run_id
    if text is not None:
        (folder / PAGE).write_bytes(text if isinstance(text, bytes) else text.encode())
        client.log_artifact(run, str(folder / PAGE))
    return run


def test_report_gets_the_outcome_of_its_retrain(store, tmp_path):
    begin, end = OUTCOME_MARKS
    run = logged(store, tmp_path, f"<p>{begin}{OUTCOMES['pending']}{end} {OUTCOMES['pending']}</p>")

    write_outcome(store[0], run, "promoted")

    page = Path(store[0].download_artifacts(run, PAGE, str(tmp_path))).read_text()
    assert page == f"<p>{begin}{OUTCOMES['promoted']}{end} {OUTCOMES['pending']}</p>"
    assert with_outcome(page, "promoted") == page


@pytest.mark.parametrize(
    "text", [None, b"\xff\xfe", "another page"], ids=["gone", "no text", "without a mark"]
)
def test_report_that_cannot_be_changed_is_no_error_and_stays(store, tmp_path, text):
    run = logged(store, tmp_path, text)
    write_outcome(store[0], run, "refused")
    assert [file.path for file in store[0].list_artifacts(run)] == ([] if text is None else [PAGE])
