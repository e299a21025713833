"""The HTML page of a model gate: its checks, plots of the model, and feature importance."""

from __future__ import annotations

import numpy as np

from trimtab.gate_report import Check, GateReport
from trimtab.gates.model.gate_section import ModelGateSection
from trimtab.gates.model.model_under_test import ModelUnderTest, invalid_scores
from trimtab.html_report import render
from trimtab.learning import BINARY
from trimtab.svg import Curve, ForestLine, ForestPlot, plot_curves, plot_forest
from trimtab.value_format import format_arguments, format_value

IMPORTANCE_ROWS = 5000


def make_page(report: GateReport, subject: ModelUnderTest, gate: ModelGateSection) -> str:
    """Return the page. The same report and model give the same bytes."""
    drawn = not subject.test.problem
    importance = feature_importance(subject) if drawn else {}
    return render(
        "gates/model/report.html.j2",
        report=report,
        format_value=format_value,
        format_arguments=format_arguments,
        gate=gate,
        label=gate.label,
        positive=float(subject.test.labels.mean()),
        curves=_curves(subject) if drawn else [],
        forests=[_forest_plot(check) for check in report.checks if check.parts],
        importance=sorted(importance.items(), key=lambda item: -item[1]),
        importance_rows=min(IMPORTANCE_ROWS, len(subject.test.labels)),
    )


def feature_importance(subject: ModelUnderTest) -> dict[str, float]:
    """Return the ROC AUC that is lost when a feature is shuffled, measured on 5,000 rows at most.

    Source: Breiman, Random Forests (2001), section 10, with ROC AUC for accuracy.
    """
    from sklearn.inspection import permutation_importance

    seed, test, model = subject.bootstrap.seed, subject.test, subject.model
    chosen = np.random.default_rng(seed).permutation(len(test.labels))[:IMPORTANCE_ROWS]
    rows, labels = test.rows.iloc[chosen], test.labels[chosen]
    if labels.all() or not labels.any():
        return {}
    features = list(model.features)
    found = permutation_importance(
        model.estimator,
        rows[features],
        labels,
        scoring=lambda _, shuffled, truth: BINARY.figure(
            BINARY.metrics["roc_auc"], truth, model.score(shuffled)
        ),
        n_repeats=1,
        random_state=seed,
    )
    return {name: round(float(lost), 4) for name, lost in zip(features, found.importances_mean, strict=True)}


def _curves(subject: ModelUnderTest) -> list[Curve]:
    scores = {"model": subject.test.scores}
    if subject.baseline is not None and not invalid_scores(subject.baseline):
        scores["baseline"] = subject.baseline
    return plot_curves(subject.test.labels, scores)


def _forest_plot(check: Check) -> ForestPlot:
    bounds = [check.expected[key] for key in ("min", "max", "max_auc") if key in check.expected]
    lines = [ForestLine(part.name, part.value, part.interval, part.rows, part.passed) for part in check.parts]
    title = f"{check.name} by {check.column}" if check.column else check.name
    return plot_forest(title, lines, [bound for bound in bounds if isinstance(bound, int | float)])
