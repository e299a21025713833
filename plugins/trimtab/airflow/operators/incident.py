"""The operator that adds a note to an incident, or resolves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.operators.mlflow_operator import MlflowOperator
from trimtab.errors import RegistryError, RegistryOutageError

ACTIONS = ("note", "take the lead", "resolve", "resolve by override")


class IncidentOperator(MlflowOperator):
    """Adds a note to an incident or resolves it: the params ``incident``, ``action`` and ``text`` of the run.

    | outcome | state |
    |---|---|
    | the note or the resolution is recorded, with the user who triggered the run | success |
    | no such incident, it was resolved before, or what failed has not passed | failed, no retry |
    | MLflow does not answer | up for retry, then failed |

    Args:
        project: The project's root, whose recorded runs prove that what failed works again.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    ui_color = "#e6dff1"

    def __init__(self, *, project: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project = project

    def execute(self, context: Context) -> dict[str, object]:
        """Record it; return the incident."""
        from trimtab.incidents import add_note, resolve_incident

        run, params = context["dag_run"], context["params"]
        name, action, text = params["incident"], params["action"], params.get("text") or ""
        if action not in ACTIONS:
            raise AirflowFailException(f"The action is none of {', '.join(ACTIONS)}: {action!r}")
        by = f"{run.triggering_user_name or 'unknown user'} in {self.dag_id}/{context['run_id']}"
        try:
            with self.hook.tracking_server():
                if action == "note":
                    incident = add_note(name, text, by=by)
                elif action == "take the lead":
                    incident = add_note(name, text or action, by=by, role="lead")
                else:
                    override = text if action == "resolve by override" else None
                    incident = resolve_incident(name, by=by, root=self.project, override=override)
        except RegistryOutageError:
            raise
        except RegistryError as err:  # a retry changes nothing
            raise AirflowFailException(str(err)) from err
        self.log.info("Incident %s is %s", incident.id, incident.state)
        return {"incident": incident.id, "state": incident.state, "severity": incident.severity}
