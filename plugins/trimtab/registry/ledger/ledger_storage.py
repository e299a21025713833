"""Where MLflow stores the ledger: one run, alone in the experiment ``<model>-ledger``."""

from __future__ import annotations

from trimtab.registry.tracking import (
    TAG_PREFIX,
    MlflowClient,
    create_append_only_run,
    find_append_only_run,
    upsert,
)

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
    return find_append_only_run(client, ledger_name(model), what=_what(model))


def create_ledger_run(client: MlflowClient, model: str) -> str:
    """Create the ledger's experiment and run, and return the run's id."""
    # Each user may create experiments, and manages their own. The server refuses this tag to a user without
    # permission on the model.
    upsert(client.set_registered_model_tag, model, LEDGER_TAG, ledger_name(model))
    name, tags = ledger_name(model), {LEDGER_TAG: model}
    return create_append_only_run(client, name, run_name=model, tags=tags, about=ABOUT, what=_what(model))


def _what(model: str) -> str:
    return f"ledger of '{model}'"
