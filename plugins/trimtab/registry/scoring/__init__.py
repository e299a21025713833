"""Score tables with a registered version, and keep the scores in MLflow."""

from __future__ import annotations

from trimtab.registry.scoring.score_log import KeptScores, score_in_shadow, score_windows
from trimtab.registry.scoring.table_scorer import Scorer, load_scorer

__all__ = [
    "KeptScores",
    "Scorer",
    "load_scorer",
    "score_in_shadow",
    "score_windows",
]
