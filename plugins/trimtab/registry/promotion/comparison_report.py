"""A comparison as files, kept with the challenger's run: one for machines, one for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.html_report import render
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.decision import Judgement
from trimtab.registry.promotion.paired_bootstrap import Paired
from trimtab.registry.promotion.promote_policy import COMPARISON_METRICS, PromotePolicy
from trimtab.registry.tracking import SEAL, TAG_PREFIX, Version
from trimtab.svg import Curve, plot_curves

SCHEMA = "trimtab.comparison/1"
FOLDER = "comparison"  # among the artifacts of the challenger's run
FACTS = ("data_window", "reason", "dag_run", "git_revision")
SCALE = 300  # width of the scale of gains, in SVG units


def keep_report(client: Any, comparison: Comparison, judgement: Judgement, policy: PromotePolicy) -> str:
    """Log both files to the challenger's run; a comparison made anew replaces them.

    Returns:
        SHA-256 of ``comparison.json``.
    """
    params = {
        version.version: dict(client.get_run(version.run_id).data.params)
        for version in (comparison.challenger, comparison.champion)
        if version
    }
    with TemporaryDirectory(prefix="trimtab-") as folder:
        digest = write_report(comparison, judgement, policy, Path(folder), params=params)
        client.log_artifacts(comparison.challenger.run_id, folder, FOLDER)
    return digest


def write_report(
    comparison: Comparison,
    judgement: Judgement,
    policy: PromotePolicy,
    out: Path,
    *,
    params: dict[int, dict[str, str]],
) -> str:
    """Write ``comparison.json`` and ``report.html``; equal comparisons give equal bytes.

    Args:
        comparison: Both models' figures.
        judgement: What follows.
        policy: What it follows from.
        out: An existing folder.
        params: Version to the params it was made with.

    Returns:
        SHA-256 of ``comparison.json``.
    """
    content = {"schema": SCHEMA, **_content(comparison, judgement), "policy": policy.model_dump(mode="json")}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    pairs = list(comparison.pairs.items())
    judged = [(part, part.pair) for part in comparison.slices if part.pair]
    page = render(
        "registry/promotion/comparison_report.html.j2",
        comparison=comparison,
        judgement=judgement,
        policy=policy,
        metrics=COMPARISON_METRICS,
        pairs=pairs,
        gains=_on_one_scale(pair for _, pair in pairs),
        slices=judged,
        slice_gains=_on_one_scale(pair for _, pair in judged),
        facts=_facts(comparison),
        differing=_differing(comparison, params),
        curves=_curves(comparison),
    )
    (out / "comparison.json").write_text(text, encoding="utf-8")
    (out / "report.html").write_text(page, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def _on_one_scale(pairs: Iterable[Paired]) -> dict[str, Any]:
    """Return where gains and their bounds lie on a common scale, with 0 in the middle."""
    rows = [(pair.gain, pair.low, pair.high) for pair in pairs]
    reach = max((abs(value) for row in rows for value in row), default=0.0) * 1.1 or 1.0
    places = [[round((value + reach) / (2 * reach) * SCALE, 1) for value in row] for row in rows]
    return {"rows": places, "zero": SCALE / 2, "width": SCALE}


def _content(comparison: Comparison, judgement: Judgement) -> dict[str, Any]:
    champion = comparison.champion
    return {
        "verdict": judgement.verdict,
        "sentence": judgement.sentence,
        "rules": [asdict(rule) for rule in judgement.rules],
        "model": comparison.challenger.name,
        "challenger": comparison.challenger.version,
        "champion": champion.version if champion else None,
        "rows": comparison.rows,
        "challenger_figures": dict(comparison.challenger_figures),
        "pairs": {metric: asdict(pair) for metric, pair in comparison.pairs.items()},
        "slices": [asdict(part) for part in comparison.slices],
        "new_columns": list(comparison.new_columns),
    }


def _facts(comparison: Comparison) -> list[tuple[str, str, str]]:
    """What is known of where both come from: name, challenger's, champion's."""

    def fact(version: Version | None, name: str) -> str:
        return version.tags.get(TAG_PREFIX + name, "") if version else ""

    rows = [(name, fact(comparison.challenger, name), fact(comparison.champion, name)) for name in FACTS]
    return [row for row in rows if row[1] or row[2]]


def _differing(comparison: Comparison, params: dict[int, dict[str, str]]) -> list[tuple[str, str, str]]:
    """The params the two were made with, where they differ: key, challenger's, champion's."""
    if comparison.champion is None:
        return []
    new, old = params[comparison.challenger.version], params[comparison.champion.version]
    keys = sorted({*new, *old} - {SEAL})
    return [(key, new.get(key, ""), old.get(key, "")) for key in keys if new.get(key) != old.get(key)]


def _curves(comparison: Comparison) -> list[Curve]:
    scored = comparison.scored
    if scored is None:
        return []
    scores = {"challenger": scored.challenger}
    if scored.champion is not None:
        scores["champion"] = scored.champion
    return plot_curves(scored.labels, scores)
