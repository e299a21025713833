"""Score tables with a registered version, and log the scores of windows to MLflow."""

from __future__ import annotations

from trimtab.registry.scoring.score_log import LoggedScores, scores_experiment
from trimtab.registry.scoring.scored_windows import read_scored_windows
from trimtab.registry.scoring.table_scorer import TableScorer, load_scorer
from trimtab.registry.scoring.window_scoring import score_in_shadow, score_windows

__all__ = [
    "LoggedScores",
    "TableScorer",
    "load_scorer",
    "read_scored_windows",
    "score_in_shadow",
    "score_windows",
    "scores_experiment",
]
