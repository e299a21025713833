"""The summary of the main job."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from trimtab.local.summary import show_summary
from trimtab.terminal import Console

VERSION = {
    "name": "demand",
    "version": "2",
    "reason": "drift in 2024-07. ROC AUC fell",
    "challenger_figures": {"roc_auc": 0.75},
    "champion_figures": {},
    "promoted": False,
}
VERDICT = {
    "window": "2024-07",
    "rows": 28293,
    "metric": "roc_auc",
    "reference_figure": 0.7624,
    "window_figure": None,
    "score_psi": 0.026,
    "decision": "retrain",
}


def test_summary_lists_versions_verdicts_and_relative_paths_of_reports() -> None:
    console = Console(file=StringIO(), width=100)
    show_summary(
        console, [VERSION], [VERDICT], [Path.cwd() / "reports" / "a.html", Path("/elsewhere/b.html")]
    )
    lines = [line.split() for line in console.file.getvalue().replace("│", " ").splitlines()]
    assert ["demand", "v2", "drift", "in", "2024-07", "ROC", "AUC", "0.7500", "no"] in lines
    assert ["2024-07", "28,293", "ROC", "AUC", "0.7624", "0.026", "retrain"] in lines
    assert [line for line in lines if line and "html" in line[0]] == [
        ["reports/a.html"],
        ["/elsewhere/b.html"],
    ]


def test_summary_shows_figures_of_any_problem_type() -> None:
    console = Console(file=StringIO(), width=100)
    version = {
        **VERSION,
        "challenger_figures": {"rmse": 4.5, "mae": 3.1},
        "champion_figures": {"mae": 1234.5},
    }
    verdict = {**VERDICT, "metric": "mae", "reference_figure": 3.1, "window_figure": 12345.6}
    show_summary(console, [version], [verdict], [])
    lines = [line.split() for line in console.file.getvalue().replace("│", " ").splitlines()]
    assert ["demand", "v2", "drift", "in", "2024-07", "MAE", "3.1000", "1234", "no"] in lines
    assert ["2024-07", "28,293", "MAE", "3.1000", "12,346", "0.026", "retrain"] in lines
