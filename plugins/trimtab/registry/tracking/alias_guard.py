"""MLflow's ``basic-auth`` for ``mlflow server``, in which EDIT is not enough to move an alias.

For MLflow, who may register a version may also move the alias ``champion``: both need EDIT on the registered
model. Here a change of aliases, and of the model's name, needs MANAGE. So workers register with EDIT. Only
the promoter, who has MANAGE, decides which version is live.

Start it with ``mlflow server --app-name trimtab-auth``. Users, permissions and settings are those of
``basic-auth``.
"""

from __future__ import annotations

from trimtab.registry.tracking.mlflow_compat import basic_auth_app

GUARDED = ("/registered-models/alias", "/registered-models/rename")  # the ends of the paths


def create_app() -> object:
    """Return the app; uvicorn calls this."""
    return basic_auth_app(needs_manage)


def needs_manage(method: str, path: str) -> bool:
    """Whether a request changes the aliases or the name of a registered model."""
    return method != "GET" and path.rstrip("/").endswith(GUARDED)
