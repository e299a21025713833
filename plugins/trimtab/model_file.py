"""A model loaded from a skops file: nothing executes that nobody listed."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from trimtab.errors import ModelError
from trimtab.zip_limits import require_bounded

SCHEMA = {"schema.json": 32 << 20}  # bytes; parsed, it takes about ten times as many


def load_estimator(path: Path, trusted_types: Collection[str]) -> Any:
    """Load a skops file.

    Args:
        path: The file.
        trusted_types: The types it may hold beyond those skops knows to be harmless.

    Raises:
        ModelError: It is missing, is no skops file, would take far more room than it has, or holds types
            beyond those; then nothing of it was executed.
    """
    with warnings.catch_warnings():
        # skops looks through every loaded module once, and Airflow's deprecated names answer with warnings.
        warnings.simplefilter("ignore")
        import skops.io

    try:
        require_bounded(path, most=SCHEMA)
        unlisted = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted_types))
    except OSError as err:
        raise ModelError(f"The model cannot be read: {err.strerror}", where=_shown(path)) from err
    except Exception as err:  # a file made to do harm raises anything
        problem = str(err) if isinstance(err, (BadZipFile, KeyError, ValueError)) else repr(err)[:200]
        raise ModelError(
            f"The model is no skops file: {problem}", where=_shown(path), fix="save it with skops.io.dump"
        ) from err
    if unlisted:
        raise ModelError(
            f"The model holds types that nobody listed: {', '.join(unlisted)}",
            where=_shown(path),
            fix="if they can be trusted, add them to the model's trusted_types, in a commit",
        )
    try:
        return skops.io.load(path, trusted=list(trusted_types))
    except Exception as err:
        raise ModelError(
            f"The model cannot be put together: {repr(err)[:200]}",
            where=_shown(path),
            fix="save it anew with skops.io.dump, with the versions that are installed here",
        ) from err


def _shown(path: Path) -> str:
    """Return a name that is the same on every machine: reports with it are outputs of stages."""
    return path.name if path.is_absolute() else path.as_posix()
