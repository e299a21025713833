"""The plots of a model on its test table, for the page; each problem type has its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trimtab.gates.model.model_under_test import ModelUnderTest
from trimtab.learning import Floats, predicted_classes
from trimtab.svg import (
    Band,
    BandPlot,
    Curve,
    plot_bands,
    plot_confusion_matrix,
    plot_curves,
    plot_density,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_CURVES = 9  # classes
MOST_VALUES = 6  # of a category
BINS = 15  # of equally many rows, for a number
RANGE = (0.1, 0.5, 0.9)  # quantiles of an error
TITLE = "The model on the test table"


@dataclass(frozen=True, slots=True)
class PlotGroup:
    """Plots under one heading.

    Attributes:
        title: The heading.
        caption: How to read them.
        curves: Curves, laid out.
        svgs: Other plots, as SVG.
    """

    title: str
    caption: str = ""
    curves: tuple[Curve, ...] = ()
    svgs: tuple[str, ...] = ()


def plot_model(subject: ModelUnderTest, important: Sequence[str], unit: str) -> list[PlotGroup]:
    """Plot the model on the test table, as its problem type asks for.

    Args:
        subject: A model with valid scores.
        important: Its most important features, for plots by feature.
        unit: The unit of the label; empty if it has none.
    """
    return _PLOTS[subject.problem_type.name](subject, important, unit)


def _plot_binary(subject: ModelUnderTest, important: Sequence[str], unit: str) -> list[PlotGroup]:
    return [PlotGroup(TITLE, curves=tuple(plot_curves(subject.test.labels, _scores(subject))))]


def _plot_multiclass(subject: ModelUnderTest, important: Sequence[str], unit: str) -> list[PlotGroup]:
    labels, classes = subject.test.labels, subject.problem_type.classes
    cells = labels * len(classes) + predicted_classes(subject.test.scores)
    counts = np.bincount(cells, minlength=len(classes) ** 2).reshape(len(classes), -1)
    rows = counts.sum(axis=1)
    present = [int(place) for place in np.argsort(-rows, kind="stable") if 0 < rows[place] < len(labels)]
    curves = [
        _roc_of_class(subject, place, f"{classes[place]}: {rows[place]:,} rows")
        for place in present[:MOST_CURVES]
    ]
    hidden = len(present) - len(curves)
    return [
        PlotGroup(
            TITLE,
            "Rows, by their class and the most probable one. The colour is the share of the actual class.",
            svgs=(plot_confusion_matrix(counts, classes),),
        ),
        PlotGroup(
            "Each class against all others",
            "ROC curves, the most frequent class first."
            + (f" {hidden} rarer classes are not shown." if hidden else ""),
            curves=tuple(curves),
        ),
    ]


def _plot_regression(subject: ModelUnderTest, important: Sequence[str], unit: str) -> list[PlotGroup]:
    return _plot_numbers(subject, subject.test.scores, important, unit)


def _plot_quantile(subject: ModelUnderTest, important: Sequence[str], unit: str) -> list[PlotGroup]:
    curves = plot_curves(subject.test.labels, _scores(subject), subject.problem_type)
    told = "Right quantiles are on the diagonal. Right intervals hold the same share of labels at any width."
    of_median, *others = _plot_numbers(
        subject, subject.problem_type.of_class(subject.test.scores, None), important, unit
    )
    return [
        PlotGroup(TITLE, told, curves=tuple(curves)),
        replace(of_median, title="The median of the model on the test table"),
        *others,
    ]


def _plot_numbers(
    subject: ModelUnderTest, predicted: Floats, important: Sequence[str], unit: str
) -> list[PlotGroup]:
    import pandas as pd

    test, suffix = subject.test, f", {unit}" if unit else ""
    error = predicted - test.labels
    plots = [
        _error_by(pd.Series(predicted), error, "Error by prediction", f"prediction{suffix}"),
        *(_error_by(test.rows[name], error, f"Error by {name}", name) for name in important),
    ]
    by_prediction, *by_feature = plot_bands(f"error{suffix}", [plot for plot in plots if plot])
    density = plot_density(
        "Predicted against actual", f"label{suffix}", f"prediction{suffix}", test.labels, predicted
    )
    told = "An error is prediction minus label. The line is its median. The band holds 80 % of the rows."
    return [
        PlotGroup(TITLE, f"The darker a square, the more rows. {told}", svgs=(density, by_prediction)),
        PlotGroup("Error by the most important features", svgs=tuple(by_feature)),
    ]


_PLOTS: Mapping[str, Callable[[ModelUnderTest, Sequence[str], str], list[PlotGroup]]] = MappingProxyType(
    {
        "binary": _plot_binary,
        "multiclass": _plot_multiclass,
        "regression": _plot_regression,
        "quantile": _plot_quantile,
    }
)


def _roc_of_class(subject: ModelUnderTest, place: int, title: str) -> Curve:
    """Return the ROC curve of a class against all others."""
    scores = {name: scores[:, place] for name, scores in _scores(subject).items()}
    roc, *_ = plot_curves(subject.test.labels == place, scores)
    return replace(roc, title=title)


def _scores(subject: ModelUnderTest) -> dict[str, Floats]:
    """Return the scores of the model, and those of the baseline if they are valid."""
    scores = {"model": subject.test.scores}
    if subject.baseline is not None and not subject.problem_type.find_invalid(subject.baseline):
        scores["baseline"] = subject.baseline
    return scores


def _error_by(column: pd.Series[Any], error: Floats, title: str, across: str) -> BandPlot | None:
    """Return the error by the values of a column; nothing for a column of nulls."""
    bands = tuple(
        Band(group, *(float(end) for end in np.quantile(error[rows], RANGE)))
        for group, rows in _groups(column.reset_index(drop=True))
    )
    nulls = int(column.isna().sum())
    return BandPlot(title, across, bands, f"{nulls:,} rows are null" if nulls else "") if bands else None


def _groups(column: pd.Series[Any]) -> Iterator[tuple[float | str, NDArray[np.intp]]]:
    """Yield the groups of a column and the positions of their rows: numbers in order, or frequent names."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        numbers = column.astype("float64")
        finite = numbers[np.isfinite(numbers)]
        many = finite.nunique() > BINS
        codes = pd.qcut(finite, BINS, labels=False, duplicates="drop") if many else finite
        for _, rows in finite.groupby(codes):
            yield float(rows.median()), rows.index.to_numpy()
        return
    names = column.dropna().astype(str)
    for name in names.value_counts(sort=True).index[:MOST_VALUES]:
        yield str(name), np.flatnonzero((column.astype(str) == name) & column.notna())
