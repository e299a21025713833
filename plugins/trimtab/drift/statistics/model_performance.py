"""Model performance: metrics of predicted probabilities against labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict

from trimtab.errors import DriftError

DIGITS = 6  # more digits would depend on the order of summation


class Performance(BaseModel):
    """Metrics of predicted probabilities against labels."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    roc_auc: float
    average_precision: float
    log_loss: float
    brier: float


def measure_performance(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> Performance | None:
    """Return the metrics; None if the labels hold one class only, for which ROC AUC is not defined.

    Args:
        labels: Labels, 0 or 1, of shape (n_rows,).
        scores: Predicted probabilities, of shape (n_rows,).
    """
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


def validate_scores(scores: ArrayLike, *, rows: int) -> NDArray[np.float64]:
    """Return the scores as floats of shape (rows,).

    Raises:
        DriftError: The number of scores is not the number of rows, or a score is not a probability.
    """
    values = _validate_shape("scores", scores, rows)
    if bad := int(np.sum(~((values >= 0) & (values <= 1)))):
        raise DriftError(
            f"Scores are not probabilities: {bad} of {rows}",
            where="scores",
            fix="pass the predicted probability of the positive class, between 0 and 1",
        )
    return values


def validate_labels(labels: ArrayLike, *, rows: int) -> NDArray[np.int64]:
    """Return the labels as 0 and 1, of shape (rows,).

    Raises:
        DriftError: The number of labels is not the number of rows, or a label is neither 0 nor 1.
    """
    values = _validate_shape("labels", labels, rows)
    if bad := int(np.sum(~((values == 0) | (values == 1)))):
        raise DriftError(
            f"Labels are neither 0 nor 1: {bad} of {rows}",
            where="labels",
            fix="drop the rows without a label",
        )
    return values.astype(np.int64)


def _validate_shape(name: str, values: ArrayLike, rows: int) -> NDArray[np.float64]:
    import pandas as pd

    if np.shape(values) != (rows,):
        raise DriftError(
            f"The shape of the {name} does not fit {rows} rows: {np.shape(values)}",
            where=name,
            fix="pass one value per row, in the order of the rows",
        )
    try:
        return np.asarray(pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as err:
        raise DriftError(f"The {name} are not numbers: {err}", where=name, fix="pass numbers") from err
