"""A model loaded from a skops file: nothing executes that nobody listed."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from trimtab.errors import ModelError


def load_estimator(path: Path, trusted_types: Collection[str]) -> Any:
    """Load a skops file.

    Args:
        path: The file.
        trusted_types: The types it may hold beyond those skops knows to be harmless.

    Raises:
        ModelError: It is missing, is no skops file, or holds types beyond those; then nothing of it was
            executed.
    """
    with warnings.catch_warnings():
        # skops looks through every loaded module once, and Airflow's deprecated names answer with warnings.
        warnings.simplefilter("ignore")
        import skops.io

    try:
        unlisted = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted_types))
    except OSError as err:
        raise ModelError(f"The model cannot be read: {err.strerror}", where=_shown(path)) from err
    except (BadZipFile, KeyError, ValueError, TypeError) as err:
        raise ModelError(
            f"The model is no skops file: {err}", where=_shown(path), fix="save it with skops.io.dump"
        ) from err
    if unlisted:
        raise ModelError(
            f"The model holds types that nobody listed: {', '.join(unlisted)}",
            where=_shown(path),
            fix="if they can be trusted, add them to the model's trusted_types",
        )
    return skops.io.load(path, trusted=list(trusted_types))


def _shown(path: Path) -> str:
    """Return a name that is the same on every machine: reports with it are outputs of stages."""
    return path.name if path.is_absolute() else path.as_posix()
