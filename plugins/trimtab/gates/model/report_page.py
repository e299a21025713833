"""The model gate's report for people: what was declared and found, and how the model looks."""

from __future__ import annotations

import numpy as np

from trimtab.gate_report import GateReport
from trimtab.gates.model.gate_section import ModelGate
from trimtab.gates.model.model_under_test import Subject, no_probabilities
from trimtab.html_report import render
from trimtab.metrics import figure
from trimtab.svg import Curve, curves, forest
from trimtab.value_format import arguments, text

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
        curves=_curves(subject) if drawn else [],
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
    whole, lost = figure("roc_auc", labels, test.scores[chosen]), {}
    for name in subject.model.features:
        shuffled = rows[name].to_numpy()[random.permutation(len(rows))]
        changed = rows.assign(**{name: shuffled}).astype({name: rows[name].dtype})
        lost[name] = round(whole - figure("roc_auc", labels, subject.model.score(changed)), 4)
    return lost


def _curves(subject: Subject) -> list[Curve]:
    scores = {"model": subject.test.scores}
    if subject.baseline is not None and not no_probabilities(subject.baseline):
        scores["baseline"] = subject.baseline
    return curves(subject.test.labels, scores)
