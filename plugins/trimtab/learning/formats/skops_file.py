"""Load a model from a skops file: no type is executed that the project has not listed as trusted."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from trimtab.errors import ModelError
from trimtab.zip_limits import require_bounded

SCHEMA = {"schema.json": 32 << 20}  # bytes; its parsed form takes about ten times as many


def load_skops(path: Path, trusted_types: Collection[str]) -> Any:
    """Load the estimator of a skops file.

    Args:
        path: The file.
        trusted_types: The types that it may hold beyond those that skops knows to be harmless.

    Raises:
        ModelError: The file is missing, is no skops file, would unpack to far more than its size, or holds
            types that are not trusted; then nothing of it was executed.
    """
    with warnings.catch_warnings():
        # On import, skops inspects every loaded module. Airflow's deprecated names answer with warnings.
        warnings.simplefilter("ignore")
        import skops.io
    try:
        require_bounded(path, most=SCHEMA)
        untrusted = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted_types))
    except OSError as err:
        raise ModelError(f"The model file cannot be read: {err.strerror}", where=_shown(path)) from err
    except Exception as err:  # a malicious file can raise anything
        problem = str(err) if isinstance(err, (BadZipFile, KeyError, ValueError)) else repr(err)[:200]
        raise ModelError(
            f"The model file is no skops file: {problem}",
            where=_shown(path),
            fix="save the model with skops.io.dump",
        ) from err
    if untrusted:
        raise ModelError(
            f"The model file holds types that are not trusted: {', '.join(untrusted)}",
            where=_shown(path),
            fix="if they are harmless, add them to trusted_types of the model's artifact, in a commit",
        )
    try:
        return skops.io.load(path, trusted=list(trusted_types))
    except Exception as err:
        raise ModelError(
            f"The model file cannot be loaded: {repr(err)[:200]}",
            where=_shown(path),
            fix="save it again with skops.io.dump, with the package versions that are installed here",
        ) from err


def _shown(path: Path) -> str:
    """Return a name that is the same on every machine, because reports with it are outputs of stages."""
    return path.name if path.is_absolute() else path.as_posix()
