"""The table of a run's candidates, below the champion: figure, gain, verdict and costs of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from trimtab.html_report import render
from trimtab.learning import metric_title
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.tracking import Version

SCHEMA = "trimtab.candidates/1"


@dataclass(frozen=True)
class CandidateRow:
    """A row of the table.

    Attributes:
        name: ``champion``, or the name of the candidate; that of the registered model for the model itself.
        version: The version.
        figure: The policy's metric on the window; None for a champion that cannot be compared.
        interval: Its two-sided interval; None if it is not known.
        gain: The gain over the champion.
        bounds: The bounds of the gain, which hold jointly for all candidates.
        verdict: The verdict; empty for the champion.
        train_seconds: Run time of the stage that made the model; None if it was not recorded.
        score_milliseconds: Time to score 1,000 rows; None if it was not measured.
        megabytes: Size of the model file; None if it was not recorded.
    """

    name: str
    version: int
    figure: float | None
    interval: tuple[float, float] | None
    gain: float | None
    bounds: tuple[float, float] | None
    verdict: str
    train_seconds: float | None
    score_milliseconds: float | None
    megabytes: float | None


def candidate_rows(judged: Iterable[tuple[Comparison, str]]) -> list[CandidateRow]:
    """Return the rows of the table, the champion first.

    Args:
        judged: The comparisons with their verdicts, in the order of the table; at least one.
    """
    listed = list(judged)
    rows = [_candidate_row(comparison, verdict) for comparison, verdict in listed]
    first, champion = listed[0][0], listed[0][0].champion
    if champion is None:
        return rows
    figures = [each.champion_figures for each, _ in listed if each.champion_figures]
    figure = figures[0][first.metric.name] if figures else None
    return [_row(first, champion, "champion", figure=figure), *rows]


def write_candidates_report(
    judged: Sequence[tuple[Comparison, str]], policy: PromotePolicy, out: Path
) -> None:
    """Write ``candidates.json`` and ``candidates.html``.

    Args:
        judged: The comparisons with their verdicts, the one that goes on first.
        policy: The policy.
        out: An existing folder.
    """
    rows, first = candidate_rows(judged), judged[0][0]
    content = {
        "schema": SCHEMA,
        "model": first.challenger.name,
        "metric": first.metric.name,
        "rows": first.rows,
        "confidence": policy.confidence,
        "resamples": policy.resamples,
        "candidates": [asdict(row) for row in rows],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (out / "candidates.json").write_text(text, encoding="utf-8")
    unit = f", {first.metric.unit}" if first.metric.unit else ""
    page = render(
        "registry/promotion/candidate_table.html.j2",
        comparison=first,
        rows=rows,
        number=len(judged),
        metric=metric_title(first.metric.name) + unit,
        policy=policy,
        show=first.problem.format_figure,
    )
    (out / "candidates.html").write_text(page, encoding="utf-8")


def _candidate_row(comparison: Comparison, verdict: str) -> CandidateRow:
    version, metric = comparison.challenger, comparison.metric.name
    name, pair = version.tag("candidate") or version.name, comparison.pairs.get(metric)
    return _row(
        comparison,
        version,
        name,
        figure=comparison.challenger_figures[metric],
        gain=pair.gain if pair else None,
        bounds=(pair.low, pair.high) if pair else None,
        verdict=verdict,
    )


def _row(
    comparison: Comparison,
    version: Version,
    name: str,
    *,
    figure: float | None,
    gain: float | None = None,
    bounds: tuple[float, float] | None = None,
    verdict: str = "",
) -> CandidateRow:
    measures = comparison.measures.get(version.version)
    return CandidateRow(
        name=name,
        version=version.version,
        figure=figure,
        interval=measures.figure.interval if measures and measures.figure else None,
        gain=gain,
        bounds=bounds,
        verdict=verdict,
        train_seconds=version.train_seconds,
        score_milliseconds=measures.score_milliseconds if measures else None,
        megabytes=version.megabytes,
    )
