"""What distributions are measured against, by declaration: the champion's test, a season or the last windows.

Only distributions: how good the model is stays compared with its own test, so that no reference that moves on
hides a slow decline.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trimtab.drift.policy.verdict import DriftPolicy
from trimtab.drift.profile import Reference, Table, reference_of
from trimtab.errors import DriftError


def declared_reference(
    policy: DriftPolicy, champion: Reference, windows: Sequence[Path], window: Path
) -> Reference | None:
    """Return what the policy declares a window's features to be measured against; None: the champion's test.

    Args:
        policy: The policy.
        champion: The champion's reference; what moves without meaning and what matters is taken from it.
        windows: A Parquet file per window, the oldest first.
        window: One of them.

    Raises:
        DriftError: History does not reach back that far, or cannot be read.
    """
    if policy.reference == "champion":
        return None
    place, back = windows.index(window), policy.reference_windows
    if place < back:
        raise DriftError(
            f"The reference of {window.stem} is declared as '{policy.reference}', {back} window(s) back,"
            f" but there are {place} before it",
            where="params.yaml: drift.reference",
            fix="declare `champion` until there are enough",
        )
    files = windows[place - back : place - back + 1 if policy.reference == "season" else place]
    table = Table.joined(files, where=" to ".join(dict.fromkeys([files[0].stem, files[-1].stem])))
    made = reference_of(table, sorted(champion.features), importance=champion.importance)
    return made.model_copy(update={"noise": champion.noise})
