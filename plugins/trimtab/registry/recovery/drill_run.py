"""Run a recovery drill, and record it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.ledger import Ledger
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.drill_log import log_drill
from trimtab.registry.recovery.recovery_attempt import RecoveryAttempt
from trimtab.registry.recovery.restored_project import DrillError
from trimtab.registry.recovery.storage_settings import read_storage_settings
from trimtab.registry.retention import BackupLocation, read_dvc_config
from trimtab.registry.tracking import connection, require_model, temporary_folder


def run_drill(
    root: Path,
    model: str,
    policy: RecoveryPolicy,
    source: str,
    *,
    by: str,
    log_line: Callable[[str], None],
) -> Drill:
    """Run a drill and record it, whether it is good or not.

    Args:
        root: The project's root.
        model: The registered model.
        policy: The recovery policy.
        source: The backup location: a folder, an address, or the name of a DVC remote.
        by: The DAG run or the user.
        log_line: Called with each line that the commands print.

    Returns:
        The drill with its MLflow run.

    Raises:
        RegistryError: MLflow does not answer, so that nothing can be compared or recorded.
        RemoteError: The backup location does not answer: whether the backup is good, is not known.
    """
    with connection() as client:
        require_model(client, model)
        ledger = Ledger.read(client, model)
    location = BackupLocation.open(source, config=read_dvc_config(root))
    settings = read_storage_settings(root, location)
    attempt = RecoveryAttempt(root, ledger, location, log_line)
    try:
        with temporary_folder() as place:
            attempt.restore_and_rebuild(place)
    except DrillError as err:
        attempt.problems.append(str(err))
    problems = (*attempt.problems, *attempt.missed_objectives(policy))
    manifest = attempt.manifest
    drill = Drill(
        model=model,
        started=attempt.started.isoformat(timespec="seconds"),
        verdict="failed" if problems else "good",
        problems=problems,
        backup=attempt.backup,
        taken=manifest.taken if manifest else "",
        champion=attempt.champion,
        recovery_seconds=attempt.recovery_seconds,
        restore_seconds=attempt.restore_seconds,
        copy_seconds=attempt.copy_seconds,
        bytes=manifest.size if manifest else 0,
        files=len(manifest.names) if manifest else 0,
        settings=settings,
        by=by,
    )
    with connection() as client:
        return log_drill(client, drill)
