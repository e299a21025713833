"""Build a reference from a table: one pass, and one look at some rows before it to lay out the bins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.drift.profile.column_profile import (
    COARSE_BINS,
    CategoryProfile,
    NumericProfile,
    lay_out,
    quantile_edges,
)
from trimtab.drift.profile.table_histograms import Tally, tally
from trimtab.drift.profile.profiled_table import Table
from trimtab.drift.profile.reference_profile import Noise, Predictions, Reference, importance_of, pack
from trimtab.drift.profile.slices import performance_by_slice, sliced_features
from trimtab.drift.statistics import (
    DIGITS,
    auc_standard_error,
    checked_labels,
    checked_scores,
    design_effect,
    domain_auc,
    performance,
)
from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pandas as pd

HISTOGRAM_EDGES = np.arange(1, 40) / 40
SAMPLE_ROWS = 2000
MAX_PERIODS = 400
LEAST_OF_A_CLASS = 10  # rows, for an area under a curve to say anything


def build_reference(
    features: pd.DataFrame,
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    importance: Mapping[str, float] | None = None,
    periods: ArrayLike | None = None,
) -> Reference:
    """Profile the held-out window of a model.

    Args:
        features: The model's features, one row per case; numbers are binned, anything else is a category.
        scores: Predicted probability of the positive class, of shape (n_rows,).
        labels: Outcomes, 0 or 1, of shape (n_rows,).
        importance: What the model loses of its ROC AUC without a feature.
        periods: Which clean stretch of time a row is of, such as its week, of shape (n_rows,). What moves
            between them is normal; without them, rows are taken as independent.

    Raises:
        DriftError: There are no rows, lengths differ, a score is no probability, or the labels hold one
            class.
    """
    table = Table.of_frame(features)
    return reference_of(
        table, sorted(features.columns), scores, labels, importance=importance, periods=periods
    )


def reference_of(
    table: Table,
    features: Sequence[str],
    scores: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    importance: Mapping[str, float] | None = None,
    periods: ArrayLike | None = None,
    bins_of: Reference | None = None,
) -> Reference:
    """Profile any table; as :func:`build_reference`, with scores and labels if there are any.

    Args:
        table: The table.
        features: Which of its columns to profile.
        scores: As above.
        labels: As above; both or neither.
        importance: As above.
        periods: As above.
        bins_of: A reference whose bins to count in, so that the two can be added up.

    Raises:
        DriftError: As above.
    """
    if table.rows == 0:
        raise DriftError("A reference needs rows", where=table.where, fix="build it on the held-out window")
    spans = None if periods is None else _numbered(periods, table.rows)
    profiles = bins_of.features if bins_of else _laid_out(table, features)
    predicted = None if scores is None or labels is None else _checked(scores, labels, table.rows)
    keep = sliced_features(profiles) if predicted else []
    counted = tally(table, profiles, keep=keep, sample=SAMPLE_ROWS, periods=spans)
    return Reference(
        rows=table.rows,
        features=counted.features,
        importance=importance_of(importance or {}, profiles),
        predictions=_predictions(*predicted, counted, bins_of) if predicted else None,
        noise=_noise(counted, predicted, spans),
        sample=pack(counted.sample),
    )


def _laid_out(table: Table, features: Sequence[str]) -> dict[str, NumericProfile | CategoryProfile]:
    some = table.some(features)
    return {name: lay_out(name, some.column(name).combine_chunks()) for name in features}


Predicted = tuple[NDArray[np.float64], NDArray[np.int64]]


def _checked(scores: ArrayLike, labels: ArrayLike, rows: int) -> Predicted:
    probabilities, outcomes = checked_scores(scores, rows=rows), checked_labels(labels, rows=rows)
    if outcomes.min() == outcomes.max():
        raise DriftError(
            f"All {rows} labels are {outcomes[0]}; performance needs both classes",
            where="labels",
            fix="build the reference on a window that holds both outcomes",
        )
    return probabilities, outcomes


def _numbered(periods: ArrayLike, rows: int) -> NDArray[np.intp]:
    if np.shape(periods) != (rows,):
        raise DriftError(
            f"Periods of shape {np.shape(periods)} do not fit {rows} rows",
            where="periods",
            fix="pass one per row",
        )
    names, numbers = np.unique(np.asarray(periods).astype(str), return_inverse=True)
    if len(names) > MAX_PERIODS:
        raise DriftError(
            f"There are {len(names)} periods, more than {MAX_PERIODS}",
            where="periods",
            fix="take longer ones, such as days or weeks",
        )
    return numbers.astype(np.intp)


def _predictions(
    scores: NDArray[np.float64], labels: NDArray[np.int64], counted: Tally, bins_of: Reference | None
) -> Predictions:
    known = bins_of.predictions if bins_of else None
    edges = known.scores.edges if known else quantile_edges(scores)
    quality = performance(labels, scores)
    assert quality is not None, "both classes are there"
    profile = NumericProfile.empty(edges).counted(scores)
    positives = np.bincount(profile.places(scores), weights=labels, minlength=len(profile.counts))
    return Predictions(
        base_rate=round(float(labels.mean()), DIGITS),
        performance=quality,
        scores=profile,
        positives=tuple(int(count) for count in positives),
        histogram=NumericProfile.empty(HISTOGRAM_EDGES).counted(scores),
        slices=performance_by_slice(counted.features, counted.kept, scores, labels),
    )


def _noise(counted: Tally, predicted: Predicted | None, spans: NDArray[np.intp] | None) -> Noise:
    if spans is None or spans.max() == 0:
        return Noise()
    effects = {
        name: design_effect(np.add.reduceat(table, counted.features[name].groups(), axis=1))
        for name, table in counted.by_period.items()
    }
    in_first_half = spans[counted.sampled] <= spans.max() // 2
    halves = counted.sample[in_first_half], counted.sample[~in_first_half]
    learnt = Noise(
        features={name: round(effect, 4) for name, effect in effects.items()},
        joint=round(max(domain_auc(*halves) or 0.5, 0.5), 4),
    )
    return learnt.model_copy(update=_prediction_noise(*predicted, spans)) if predicted else learnt


def _prediction_noise(
    scores: NDArray[np.float64], labels: NDArray[np.int64], spans: NDArray[np.intp]
) -> dict[str, float]:
    tenths = NumericProfile.empty(quantile_edges(scores, COARSE_BINS))
    bins = len(tenths.weights())
    by_period = np.bincount(spans * bins + tenths.places(scores), minlength=(spans.max() + 1) * bins)
    outcomes = np.bincount(spans * 2 + labels, minlength=(spans.max() + 1) * 2)
    return {
        "scores": round(design_effect(by_period.reshape(-1, bins)), 4),
        "base_rate": round(design_effect(outcomes.reshape(-1, 2)), 4),
        "roc_auc": round(_auc_design_effect(scores, labels, spans), 4),
    }


def _auc_design_effect(
    scores: NDArray[np.float64], labels: NDArray[np.int64], spans: NDArray[np.intp]
) -> float:
    """How much more the area under the curve moves between periods than its standard error has it."""
    from sklearn.metrics import roc_auc_score

    areas, errors = [], []
    for period in range(spans.max() + 1):
        outcomes = labels[spans == period]
        positives = int(outcomes.sum())
        if LEAST_OF_A_CLASS <= positives <= len(outcomes) - LEAST_OF_A_CLASS:
            areas.append(float(roc_auc_score(outcomes, scores[spans == period])))
            errors.append(auc_standard_error(areas[-1], positives, len(outcomes) - positives))
    if len(areas) < 2:
        return 1.0
    return max(1.0, float(np.var(areas, ddof=1) / np.mean(np.square(errors))))
