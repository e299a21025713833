"""The choice of the reference for features: the champion's test window, a season, or the last windows.

Only features may have another reference. Performance is always compared with the champion's test window, so
that a rolling reference cannot hide a slow decline.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trimtab.drift.profile import ProfiledTable, ReferenceProfile, profile_table
from trimtab.errors import DriftError
from trimtab.params_sections import DriftPolicy


def choose_feature_reference(
    policy: DriftPolicy, champion: ReferenceProfile, windows: Sequence[Path], window: Path
) -> ReferenceProfile | None:
    """Return the reference profile that the policy declares for features; None is the champion's own.

    Args:
        policy: The policy.
        champion: The champion's reference profile; importance and noise are taken from it.
        windows: A Parquet file per window, the oldest first.
        window: The current window, one of them.

    Raises:
        DriftError: There are too few windows before the current one, or a file cannot be read.
    """
    if policy.reference == "champion":
        return None
    index, needed = windows.index(window), policy.reference_windows
    if index < needed:
        raise DriftError(
            f"The '{policy.reference}' reference of {window.stem} needs {needed} window(s) before it,"
            f" and there are {index}",
            where="params.yaml: drift.reference",
            fix="declare `champion` until there are enough windows",
        )
    files = windows[index - needed : index - needed + 1 if policy.reference == "season" else index]
    table = ProfiledTable.from_files(files, where=" to ".join(dict.fromkeys([files[0].stem, files[-1].stem])))
    profile = profile_table(table, sorted(champion.features), importance=champion.importance)
    return profile.model_copy(update={"noise": champion.noise})
