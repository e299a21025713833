"""The section of the drift report on what the predictions depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.drift.measurement import AttributionShift, NoisyValue, PredictionDrift
from trimtab.learning import metric_title
from trimtab.svg import Dumbbell, plot_dumbbells

SHOWN = 10  # features, those that move the predictions furthest


@dataclass(frozen=True)
class AttributionSection:
    """What the section shows.

    Attributes:
        shifts: The features of the table.
        hidden: How many more features are in ``verdict.json``.
        unit: The unit of a prediction; empty if it has none.
        more: The features on which the predictions depend more than in the reference, beyond noise, as text.
        less: Those on which they depend less, as text.
        charts: SVG of the attributions, and of the importance if the window has labels.
    """

    shifts: Sequence[AttributionShift]
    hidden: int
    unit: str
    more: str
    less: str
    charts: Sequence[str]


def lay_out_attributions(predictions: PredictionDrift | None, window: str) -> AttributionSection | None:
    """Lay out the section; None if no attributions were measured.

    Args:
        predictions: The drift of the predictions; None for a table without a model.
        window: The window's name.
    """
    if predictions is None or not predictions.attributions:
        return None
    shifts = predictions.attributions
    shown, unit = shifts[:SHOWN], predictions.problem.unit_of_predictions(predictions.label_unit)
    beyond = [shift for shift in shifts if shift.movement.beyond_noise]
    charts = [
        _chart("Attribution", unit, [(shift.feature, shift.movement) for shift in shown], window),
        _chart(
            f"Importance: {metric_title(predictions.metric.name)}",
            predictions.unit,
            [(shift.feature, shift.importance) for shift in shown if shift.importance],
            window,
        ),
    ]
    return AttributionSection(
        shifts=shown,
        hidden=len(shifts) - len(shown),
        unit=unit,
        more=_listed([shift.feature for shift in beyond if (shift.movement.value.change or 0) > 0]),
        less=_listed([shift.feature for shift in beyond if (shift.movement.value.change or 0) < 0]),
        charts=[chart for chart in charts if chart],
    )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _chart(title: str, unit: str, values: Sequence[tuple[str, NoisyValue]], window: str) -> str:
    """Return the plot of the values that are known in the window; nothing if none is."""
    lines = [
        Dumbbell(name, value.value.reference, value.value.window, value.noise)
        for name, value in values
        if value.value.window is not None and value.noise is not None
    ]
    heading = f"{title}, {unit}" if unit else title
    return plot_dumbbells(heading, lines, before="reference", now=window or "window") if lines else ""
