"""The HTML page of a model gate: its checks, plots of the model, and feature importance."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from trimtab.gate_report import Check, GateReport
from trimtab.gates.model.gate_section import ModelGateSection
from trimtab.gates.model.model_plots import plot_model
from trimtab.gates.model.model_under_test import ModelUnderTest
from trimtab.html_report import render
from trimtab.learning import Metric, describe_blocks
from trimtab.svg import ForestLine, ForestPlot, plot_forest
from trimtab.value_format import format_arguments, format_value

IMPORTANCE_ROWS = 5000
PLOTTED_FEATURES = 2  # the most important ones
BOUNDS = ("min", "max", "max_auc", "max_r2")


def make_page(report: GateReport, subject: ModelUnderTest, gate: ModelGateSection) -> str:
    """Return the page. The same report and model give the same bytes."""
    drawn = not subject.test.problem
    importance = feature_importance(subject) if drawn else {}
    ranked = sorted(importance, key=lambda name: -importance[name])
    problem_type, metric = subject.problem_type, default_metric(subject)
    return render(
        "gates/model/report.html.j2",
        report=report,
        format_value=format_value,
        format_arguments=format_arguments,
        gate=gate,
        labels=problem_type.summarize_labels(subject.test.labels),
        resampled=describe_blocks(subject.bootstrap.blocks),
        plots=plot_model(subject, ranked[:PLOTTED_FEATURES], gate.label_unit) if drawn else [],
        forests=[_forest_plot(check) for check in report.checks if check.parts],
        importance=[(name, importance[name]) for name in ranked],
        importance_digits=decimals(importance),
        importance_rows=min(IMPORTANCE_ROWS, len(subject.test.labels)),
        importance_metric=metric.name,
        importance_unit=problem_type.unit_of(metric, gate.label_unit),
    )


def default_metric(subject: ModelUnderTest) -> Metric:
    """Return the metric of the problem type in which importance is measured."""
    return subject.problem_type.metrics[subject.problem_type.default_metric]


def feature_importance(subject: ModelUnderTest) -> dict[str, float]:
    """Return how much worse the default metric is when a feature is shuffled, on 5,000 rows at most.

    Source: Breiman, Random Forests (2001), section 10. The function of scikit-learn needs an estimator with a
    method ``fit``, which the model of an ONNX file does not have.

    Returns:
        The loss by feature, in the unit of the metric, rounded; empty if the rows cannot be measured.
    """
    test, model, problem_type = subject.test, subject.model, subject.problem_type
    random = np.random.default_rng(subject.bootstrap.seed)
    chosen = random.permutation(len(test.labels))[:IMPORTANCE_ROWS]
    rows, labels, metric = test.rows.iloc[chosen], test.labels[chosen], default_metric(subject)
    weights = None if test.weights is None else test.weights[chosen]
    if problem_type.find_unmeasurable(labels):
        return {}
    order, lost = random.permutation(len(chosen)), {}
    whole = problem_type.figure(metric, labels, test.scores[chosen], weights)
    for name in model.features:
        shuffled = rows.assign(**{name: rows[name].array[order]})
        worse = problem_type.figure(metric, labels, model.predict(shuffled), weights)
        lost[name] = metric.sign * (whole - worse)
    return {name: round(each, decimals(lost)) for name, each in lost.items()}


def decimals(importance: Mapping[str, float]) -> int:
    """Return how many decimals tell the importance of features apart: four for those below 1."""
    most = max(map(abs, importance.values()), default=0.0)
    digits = 3 - math.floor(math.log10(most)) if most > 0 else 4
    return max(0, digits if most >= 1 or most < 1e-3 else 4)


def _forest_plot(check: Check) -> ForestPlot:
    bounds = [check.expected[key] for key in BOUNDS if key in check.expected]
    lines = [ForestLine(part.name, part.value, part.interval, part.rows, part.passed) for part in check.parts]
    title = f"{check.name} by {check.column}" if check.column else check.name
    return plot_forest(title, lines, [bound for bound in bounds if isinstance(bound, int | float)])
