"""Where MLflow stores the ledger: one run, alone in the experiment ``<model>-ledger``."""

from __future__ import annotations

from uuid import uuid4

from trimtab.errors import RegistryError
from trimtab.registry.tracking import DESCRIPTION_TAG, TAG_PREFIX, MlflowClient, upsert

APPLIED_TAG = f"{TAG_PREFIX}settled"  # of the ledger's run: the entry that the aliases were last set by
LEDGER_TAG = f"{TAG_PREFIX}ledger"  # of the model: the ledger's experiment; of the run: the model

ABOUT = (
    "The ledger: its one run has a param for each change of champion, chained by hashes. It decides which"
    " version is live. Do not delete or rename this experiment. `trimtab models` shows it."
)


def ledger_name(model: str) -> str:
    """Return the name of the experiment that holds a model's ledger."""
    return f"{model}-ledger"


def find_ledger_run(client: MlflowClient, model: str) -> str:
    """Return the id of the run that holds the ledger; empty if there is no ledger.

    Raises:
        RegistryError: The experiment or the run was deleted, or the experiment has other runs too.
    """
    experiment = client.get_experiment_by_name(ledger_name(model))
    if experiment is None:
        return ""
    runs = client.search_runs([experiment.experiment_id], max_results=2)
    if experiment.lifecycle_stage != "active" or len(runs) != 1:
        raise RegistryError(
            f"The ledger of '{model}' was deleted, or its experiment has other runs",
            where=f"MLflow: experiment '{ledger_name(model)}' ({experiment.experiment_id}), {len(runs)} runs",
            fix="restore it (`mlflow experiments restore`, `mlflow runs restore`), or rename that experiment",
        )
    return str(runs[0].info.run_id)


def create_ledger_run(client: MlflowClient, model: str) -> str:
    """Create the ledger's experiment and run, and return the run's id.

    The experiment is renamed once it is complete. So of two writers at once, one ledger remains.
    """
    from mlflow.exceptions import MlflowException

    # Each user may create experiments, and manages their own. The server refuses this tag to a user without
    # permission on the model.
    upsert(client.set_registered_model_tag, model, LEDGER_TAG, ledger_name(model))
    draft = client.create_experiment(f"{ledger_name(model)}-{uuid4().hex}")
    client.set_experiment_tag(draft, DESCRIPTION_TAG, ABOUT)
    run_id = client.create_run(draft, run_name=model, tags={LEDGER_TAG: model}).info.run_id
    client.set_terminated(run_id)
    try:
        client.rename_experiment(draft, ledger_name(model))
    except MlflowException:
        found = find_ledger_run(client, model)
        if not found:
            raise
        client.delete_experiment(draft)
        return found
    return str(run_id)
