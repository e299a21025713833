"""What became of a retrain, in the report of the drift check that requested it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.registry.tracking import temporary_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from trimtab.drift.policy import RetrainOutcome

PAGE = "report.html"
log = logging.getLogger(__name__)


def write_outcome(client: MlflowClient, run_id: str, outcome: RetrainOutcome) -> None:
    """Write the outcome into the report. The tag of the run counts, so a report that is gone is no error.

    Args:
        client: An MLflow client.
        run_id: The run of the verdict.
        outcome: What became of the retrain.
    """
    from mlflow.exceptions import MlflowException

    from trimtab.drift.report import with_outcome

    with temporary_folder() as folder:
        try:
            page = Path(client.download_artifacts(run_id, PAGE, str(folder)))
            text = page.read_text(encoding="utf-8")
        except (MlflowException, OSError, UnicodeDecodeError) as err:
            log.warning("The report of the drift check in MLflow run %s keeps its text: %s", run_id, err)
            return
        if (changed := with_outcome(text, outcome)) != text:
            page.write_text(changed, encoding="utf-8")
            client.log_artifact(run_id, str(page))
