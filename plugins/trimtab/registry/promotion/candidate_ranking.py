"""The order of the candidates of a run: the first one goes on, to the policy and to the person it asks."""

from __future__ import annotations

from collections.abc import Iterable

from trimtab.learning import DIGITS
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.promotion_rules import PromotionVerdict

VERDICTS = ("better", "a person decides", "not better")  # the first goes on before the others

Judged = tuple[Comparison, PromotionVerdict]


def rank(judged: Iterable[Judged]) -> list[Judged]:
    """Return the candidates with their verdicts, the one that goes on first.

    A candidate that is surely better comes before one on which a person decides, and both before the others.
    Among those with the same verdict, the better metric comes first. Of equal metrics, the smaller file does,
    then the version that was registered first. Scoring time decides nothing: it differs from run to run.
    """
    return sorted(judged, key=_key)


def _key(judged: Judged) -> tuple[int, float, float, int]:
    comparison, verdict = judged
    metric, version = comparison.metric, comparison.challenger
    loss = -metric.sign * round(comparison.challenger_figures[metric.name], DIGITS)
    size = float("inf") if version.megabytes is None else version.megabytes
    return VERDICTS.index(verdict.verdict), loss, size, version.version
