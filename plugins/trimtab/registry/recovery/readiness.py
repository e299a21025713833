"""Whether a recovery is known to work now: by the last drills, and by what has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.drill_log import read_drills
from trimtab.registry.recovery.storage_settings import changed_settings, read_storage_settings
from trimtab.registry.retention import BackupLocation, read_dvc_config
from trimtab.registry.tracking import connection


def drill_problems(drills: Sequence[Drill], policy: RecoveryPolicy, now: datetime) -> Iterator[str]:
    """Yield a sentence for each doubt that the drills themselves give.

    Args:
        drills: The drills of a model, the newest first.
        policy: The recovery policy.
        now: The time.
    """
    good = next((drill for drill in drills if drill.verdict == "good"), None)
    if drills and drills[0].verdict == "failed":
        yield f"The last recovery drill, of {drills[0].started[:10]}, failed: {drills[0].problems[0]}"
    if good is None:
        yield "No recovery drill has succeeded yet"
    elif (age := now - moment(good.started)) > timedelta(days=policy.drill_days):
        yield (
            f"The last good recovery drill is {age.days} days old, of {good.started[:10]}; "
            f"`recovery.drill_days` allows {policy.drill_days}"
        )


def settings_problems(drills: Sequence[Drill], settings: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each setting that differs from that of the last good drill.

    Args:
        drills: The drills of a model, the newest first.
        settings: The settings now.
    """
    good = next((drill for drill in drills if drill.verdict == "good" and drill.settings), None)
    if good:
        for change in changed_settings(good.settings, settings):
            yield f"Since the last good recovery drill, of {good.started[:10]}, {change}"


def moment(text: str) -> datetime:
    """Return a time of ISO 8601; without a time zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def check_readiness(root: Path, model: str, policy: RecoveryPolicy, source: str) -> list[str]:
    """Return a sentence for each doubt whether a recovery would work now; it writes nothing.

    Args:
        root: The project's root.
        model: The registered model.
        policy: The recovery policy.
        source: The backup location; empty if none is set.

    Raises:
        RegistryError: MLflow does not answer.
        RemoteError: The backup location does not answer.
    """
    with connection() as client:
        drills = read_drills(client, model)
    problems = list(drill_problems(drills, policy, datetime.now(UTC)))
    if source:
        location = BackupLocation.open(source, config=read_dvc_config(root))
        problems += settings_problems(drills, read_storage_settings(root, location))
    elif drills:
        problems.append("No backup location is set any more, and there was one at the last recovery drill")
    return problems
