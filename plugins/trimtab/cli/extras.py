"""The optional dependencies ("extras") that commands need, and the error where one is not installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from trimtab.errors import MissingExtraError

EXTRA_OF_COMMAND = {
    "backup": "registry",
    "debug": "local",
    "doctor": "local",
    "drift": "drift",
    "drift replay": "registry",
    "drift report": "registry",
    "exec": "environments",
    "gate": "gates",
    "loop": "local",
    "models": "registry",
    "new": "gates",
    "otel": "registry",
    "promote": "registry",
    "prune": "registry",
    "publish": "registry",
    "rebuild": "registry",
    "report": "registry",
    "restore": "registry",
    "rollback": "registry",
    "sbom": "sbom",
    "score": "registry",
    "serve": "registry",
    "slo": "registry",
    "status": "registry",
    "up": "local",
    "verify": "registry",
    "why": "local",
}
SERVERS = ("airflow", "mlflow")  # packages whose programs are the local servers


def missing_extra(called: Sequence[str], err: ModuleNotFoundError) -> MissingExtraError | None:
    """Return the error for a command that failed on an import; None if no extra would help.

    Args:
        called: The command and its first argument, such as ``drift check``.
        err: The failed import.
    """
    module = (err.name or "").partition(".")[0]
    command = next((name for name in (" ".join(called), *called[:1]) if name in EXTRA_OF_COMMAND), None)
    if command is None or module in ("", "trimtab") or find_spec(module):
        return None
    return _error(command, module)


def require_servers(command: str) -> None:
    """Refuse a command that starts the local servers if Airflow or MLflow is not installed.

    Args:
        command: The command.

    Raises:
        MissingExtraError: One of them is not installed.
    """
    for module in SERVERS:
        if find_spec(module) is None:
            raise _error(command, module)


def _error(command: str, module: str) -> MissingExtraError:
    extra = EXTRA_OF_COMMAND[command]
    return MissingExtraError(
        f"`trimtab {command}` needs the extra '{extra}': the package '{module}' is not installed",
        fix=f"pip install 'trimtab[{extra}]'",
    )
