"""How good scores are, once labels are there."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict

from trimtab.errors import DriftError

DIGITS = 6  # beyond them, the order of summation shows


class Performance(BaseModel):
    """Metrics of predicted probabilities against outcomes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    roc_auc: float
    average_precision: float
    log_loss: float
    brier: float


def performance(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> Performance | None:
    """Return how good scores are; None if the labels hold one class only, as ranks then mean nothing."""
    from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

    if labels.min() == labels.max():
        return None
    metrics = {
        "roc_auc": roc_auc_score(labels, scores),
        "average_precision": average_precision_score(labels, scores),
        "log_loss": log_loss(labels, scores),
        "brier": brier_score_loss(labels, scores),
    }
    return Performance(**{name: round(float(value), DIGITS) for name, value in metrics.items()})


def checked_scores(scores: ArrayLike, *, rows: int) -> NDArray[np.float64]:
    """Return scores as floats of shape (rows,).

    Raises:
        DriftError: There is not one per row, or one is no probability.
    """
    values = _one_per_row("scores", scores, rows)
    if bad := int(np.sum(~((values >= 0) & (values <= 1)))):
        raise DriftError(
            f"{bad} of {rows} scores are no probabilities",
            where="scores",
            fix="pass the predicted probability of the positive class, between 0 and 1",
        )
    return values


def checked_labels(labels: ArrayLike, *, rows: int) -> NDArray[np.int64]:
    """Return labels as 0 and 1, of shape (rows,).

    Raises:
        DriftError: There is not one per row, or one is neither 0 nor 1.
    """
    values = _one_per_row("labels", labels, rows)
    if bad := int(np.sum(~((values == 0) | (values == 1)))):
        raise DriftError(
            f"{bad} of {rows} labels are neither 0 nor 1", where="labels", fix="drop rows without an outcome"
        )
    return values.astype(np.int64)


def _one_per_row(name: str, values: ArrayLike, rows: int) -> NDArray[np.float64]:
    import pandas as pd

    if np.shape(values) != (rows,):
        raise DriftError(
            f"{name.capitalize()} of shape {np.shape(values)} do not fit {rows} rows of features",
            where=name,
            fix="pass one value per row, in the rows' order",
        )
    try:
        return np.asarray(pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as err:
        raise DriftError(
            f"'{name}' holds values that are not numbers: {err}", where=name, fix="pass numbers"
        ) from err
