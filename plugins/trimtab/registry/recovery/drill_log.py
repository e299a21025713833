"""The drill log: each recovery drill of a model is an MLflow run of the experiment ``<model>-recovery``."""

from __future__ import annotations

import json
from pathlib import Path

from trimtab.escaping import markdown
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.tracking import (
    DESCRIPTION_TAG,
    TAG_PREFIX,
    MlflowClient,
    connection,
    ensure_experiment,
    temporary_folder,
)

CONTENT_TAG = f"{TAG_PREFIX}drill"  # the drill as JSON
ABOUT = "Recovery drills: each run is one. `trimtab status` shows the last one."
LONGEST_TAG = 5000  # characters
LONGEST_PROBLEM, MOST_PROBLEMS = 500, 5  # in the tag; the file has all
MOST_DRILLS = 100  # that are read


def recovery_experiment(model: str) -> str:
    """Return the name of the experiment that holds the drills of a model."""
    return f"{model}-recovery"


def log_drill(client: MlflowClient, drill: Drill) -> Drill:
    """Record a drill, and return it with its run. The run is finished last, so a finished run is complete."""
    import mlflow

    experiment = ensure_experiment(client, recovery_experiment(drill.model), ABOUT)
    metrics = {
        "recovery_seconds": drill.recovery_seconds,
        "restore_seconds": drill.restore_seconds,
        "copy_seconds": drill.copy_seconds,
        "backup_bytes": float(drill.bytes),
    }
    name = f"{drill.started[:10]} {drill.verdict}"
    tags = {CONTENT_TAG: _tag(drill), DESCRIPTION_TAG: markdown(drill.sentence)}
    with mlflow.start_run(experiment_id=experiment, run_name=name, tags=tags) as run:
        mlflow.log_metrics({name: value for name, value in metrics.items() if value is not None})
        with temporary_folder() as folder:
            file = Path(folder, "drill.json")
            file.write_text(json.dumps(drill.to_dict(), indent=2), encoding="utf-8")
            mlflow.log_artifact(str(file))
    return drill.model_copy(update={"run_id": run.info.run_id})


def read_drills(client: MlflowClient, model: str) -> list[Drill]:
    """Return the drills of a model, the newest first; it writes nothing.

    A run that somebody else wrote into the experiment is left out.
    """
    experiment = client.get_experiment_by_name(recovery_experiment(model))
    if experiment is None:
        return []
    runs = client.search_runs(
        [experiment.experiment_id],
        "attributes.status = 'FINISHED'",
        order_by=["attributes.start_time DESC"],
        max_results=MOST_DRILLS,
    )
    found = []
    for run in runs:
        try:
            drill = Drill.model_validate_json(run.data.tags.get(CONTENT_TAG, ""))
        except ValueError:
            continue
        if drill.model == model:
            found.append(drill.model_copy(update={"run_id": run.info.run_id}))
    return found


def has_drills(model: str) -> bool:
    """Whether a drill of a model was ever recorded.

    Raises:
        RegistryError: The server does not answer.
    """
    with connection() as client:
        return bool(read_drills(client, model))


def _tag(drill: Drill) -> str:
    """Return the drill as the JSON of a tag; long and many problems are cut."""
    problems = tuple(problem[:LONGEST_PROBLEM] for problem in drill.problems[:MOST_PROBLEMS])
    text = drill.model_copy(update={"problems": problems}).model_dump_json()
    if len(text) > LONGEST_TAG:
        text = drill.model_copy(update={"problems": problems[:1], "settings": {}}).model_dump_json()
    return text
