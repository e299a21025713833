"""The model gate's report for people: what was declared and found, and how the model looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from trimtab.gates.model.bootstrap import Floats
from trimtab.gates.model.chart import Curve, forest, line
from trimtab.gates.model.declaration import ModelGate
from trimtab.gates.model.metrics import CALIBRATION_BINS, Labels, statistic
from trimtab.gates.model.subject import Subject, no_probabilities
from trimtab.gates.plain import arguments, text
from trimtab.gates.report import GateReport
from trimtab.page import render

CURVE_POINTS = 101
IMPORTANCE_ROWS = 5000


def make_page(report: GateReport, subject: Subject, gate: ModelGate) -> str:
    """Return the page; equal reports on equal models give equal bytes."""
    drawn = not subject.test.problem
    lost = importance(subject) if drawn else {}
    return render(
        "gates/model/report.html.j2",
        report=report,
        text=text,
        arguments=arguments,
        gate=gate,
        label=gate.label,
        positive=float(subject.test.labels.mean()),
        curves=[*_curves(subject)] if drawn else [],
        forests=[forest(check) for check in report.checks if check.parts],
        importance=sorted(lost.items(), key=lambda item: -item[1]),
        importance_rows=min(IMPORTANCE_ROWS, len(subject.test.labels)),
    )


def importance(subject: Subject) -> dict[str, float]:
    """Return how much AUC is lost when a feature's values are shuffled, on 5,000 rows at most.

    Source: Breiman, Random Forests (2001), section 10, with AUC for accuracy.
    """
    random, test = np.random.default_rng(subject.bootstrap.seed), subject.test
    chosen = random.permutation(len(test.labels))[:IMPORTANCE_ROWS]
    rows, labels = test.rows.iloc[chosen], test.labels[chosen]
    if labels.all() or not labels.any():
        return {}
    whole, lost = _auc(labels, test.scores[chosen]), {}
    for name in subject.model.features:
        shuffled = rows[name].to_numpy()[random.permutation(len(rows))]
        changed = rows.assign(**{name: shuffled}).astype({name: rows[name].dtype})
        lost[name] = round(whole - _auc(labels, subject.model.score(changed)), 4)
    return lost


def _auc(labels: Labels, scores: Floats) -> float:
    return float(statistic("roc_auc", labels, scores, None)(np.ones((1, len(labels))))[0])


def _curves(subject: Subject) -> Iterator[Curve]:
    labels, scores = subject.test.labels, {"model": subject.test.scores}
    if subject.baseline is not None and not no_probabilities(subject.baseline):
        scores["baseline"] = subject.baseline
    yield _roc(labels, scores)
    yield _precision_recall(labels, scores)
    yield _calibration(labels, scores)


def _roc(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    grid, series = np.linspace(0, 1, CURVE_POINTS), []
    for name, values in scores.items():
        found, called = _found_and_called(labels, values)
        false = (called - found) / (~labels).sum()
        series.append((name, line(grid, np.interp(grid, false, found / labels.sum()))[0], ()))
    return Curve("ROC", "false positive rate", "true positive rate", tuple(series), diagonal=True)


def _precision_recall(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    grid, series = np.linspace(0, 1, CURVE_POINTS)[1:], []
    for name, values in scores.items():
        found, called = (counts[1:] for counts in _found_and_called(labels, values))
        at = np.searchsorted(found / labels.sum(), grid - 1e-12)  # where recall first reaches the grid's
        series.append((name, line(grid, (found / called)[at])[0], ()))
    return Curve("Precision and recall", "recall", "precision", tuple(series), diagonal=False)


def _calibration(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    """Draw the share observed over the mean score, in bins of equally many rows."""
    series = []
    for name, values in scores.items():
        parts = [
            part for part in np.array_split(np.argsort(values, kind="stable"), CALIBRATION_BINS) if part.size
        ]
        path, dots = line([values[p].mean() for p in parts], [labels[p].mean() for p in parts])
        series.append((name, path, dots))
    return Curve("Calibration", "mean score", "share that was positive", tuple(series), diagonal=True)


def _found_and_called(labels: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Return positives found and rows called positive, per distinct score from the top, from none to all."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(labels[order])[last]
    return np.append(0.0, found), np.append(0.0, last + 1.0)
