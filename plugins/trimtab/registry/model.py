"""A model loaded from a skops file: nothing executes that nobody listed."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from trimtab.errors import RegistryError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class ScoringModel:
    """An estimator and the columns it reads.

    Attributes:
        estimator: The fitted scikit-learn estimator.
        features: Names of its input columns, in order.
        label: How messages name it, such as ``flights version 3``.
    """

    estimator: Any
    features: tuple[str, ...]
    label: str

    def score(self, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Return the probability of the positive class, ndarray of shape (n_rows,).

        Raises:
            RegistryError: ``rows`` lacks columns the model reads.
        """
        missing = [column for column in self.features if column not in rows.columns]
        if missing:
            raise RegistryError(
                f"The table lacks columns that {self.label} reads: {', '.join(missing)}",
                where=f"columns: {', '.join(map(str, rows.columns))}",
                fix="make the table with the stages that version was trained with",
            )
        scores: np.ndarray[Any, Any] = self.estimator.predict_proba(rows[list(self.features)])[:, 1]
        return scores


def load_estimator(path: Path, trusted_types: Collection[str]) -> Any:
    """Load a skops file.

    Args:
        path: The file.
        trusted_types: The types it may hold beyond those skops knows to be harmless.

    Raises:
        RegistryError: It is no skops file, or holds types beyond those; then nothing of it was executed.
    """
    with warnings.catch_warnings():
        # skops looks through every loaded module once, and Airflow's deprecated names answer with warnings.
        warnings.simplefilter("ignore")
        import skops.io

    try:
        unlisted = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted_types))
    except (BadZipFile, KeyError, ValueError, TypeError) as err:
        raise RegistryError(
            f"The model is no skops file: {err}", where=str(path), fix="save it with skops.io.dump"
        ) from err
    if unlisted:
        raise RegistryError(
            f"The model holds types that nobody listed: {', '.join(unlisted)}",
            where=str(path),
            fix="if they can be trusted, add them to meta.trusted_types of the model's artifact in dvc.yaml",
        )
    return skops.io.load(path, trusted=list(trusted_types))
