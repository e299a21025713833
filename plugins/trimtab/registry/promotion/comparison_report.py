"""The report on a comparison: ``comparison.json`` and ``report.html``, logged to the challenger's run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

from trimtab.html_report import render
from trimtab.learning import Metric, metric_title
from trimtab.registry.promotion.candidate_table import write_candidates_report
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.paired_bootstrap import PairedMetric
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion_rules import PromotionVerdict
from trimtab.registry.tracking import (
    SEAL,
    MlflowClient,
    TagName,
    Version,
    hash_text,
    temporary_folder,
)
from trimtab.svg import Curve, plot_curves

SCHEMA = "trimtab.comparison/1"
FOLDER = "comparison"  # among the artifacts of the challenger's run
PAGE = "report.html"
COMPARISON_REPORT = f"{FOLDER}/{PAGE}"
LINEAGE_TAGS: tuple[TagName, ...] = ("data_window", "reason", "dag_run", "git_revision")
SCALE = 300  # width of the scale of gains, in SVG units

ADVICE = {
    "better": "nothing, if `promote.policy` is `automatic`. If it is `approval`, answer in Airflow's Required"
    " Actions.",
    "not better": "nothing: the champion stays. To promote the version all the same, run"
    " `trimtab promote {version} --reason …`.",
    "a person decides": "read the rule that leaves it to a person. Then answer in Airflow's Required Actions,"
    " or run `trimtab promote {version} --reason …`.",
}

Params = Mapping[str, str]


class GainScale(TypedDict):
    """Gains and their bounds on a common scale, in SVG units.

    Attributes:
        rows: Gain, lower and upper bound of each metric or slice.
        zero: Where a gain of 0 is.
        width: Width of the scale.
    """

    rows: list[list[float]]
    zero: float
    width: int


def log_comparison_reports(
    client: MlflowClient, judged: Sequence[tuple[Comparison, PromotionVerdict]], policy: PromotePolicy
) -> list[str]:
    """Log the report on each candidate to its run, and the table of all if there are several.

    A later comparison overwrites the files.

    Returns:
        SHA-256 of each ``comparison.json``.
    """
    champion = judged[0][0].champion
    versions = [*(comparison.challenger for comparison, _ in judged), *([champion] if champion else [])]
    params = {version.version: dict(client.get_run(version.run_id).data.params) for version in versions}
    hashes = []
    for comparison, verdict in judged:
        with temporary_folder() as folder:
            hashes.append(write_report(comparison, verdict, policy, folder, params=params))
            if len(judged) > 1:
                table = [(each, verdict.verdict) for each, verdict in judged]
                write_candidates_report(table, policy, folder)
            client.log_artifacts(comparison.challenger.run_id, str(folder), FOLDER)
    return hashes


def write_report(
    comparison: Comparison,
    verdict: PromotionVerdict,
    policy: PromotePolicy,
    out: Path,
    *,
    params: Mapping[int, Params],
) -> str:
    """Write ``comparison.json`` and ``report.html``; equal comparisons give equal bytes.

    Args:
        comparison: Both models' metrics.
        verdict: The verdict.
        policy: The policy.
        out: An existing folder.
        params: Version to the params it was trained with.

    Returns:
        SHA-256 of ``comparison.json``.
    """
    content = {"schema": SCHEMA, **_to_dict(comparison, verdict), "policy": policy.model_dump(mode="json")}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (out / "comparison.json").write_text(text, encoding="utf-8")
    page = _render_page(comparison, verdict, policy, params)
    (out / PAGE).write_text(page, encoding="utf-8")
    return hash_text(text)


def _render_page(
    comparison: Comparison,
    verdict: PromotionVerdict,
    policy: PromotePolicy,
    params: Mapping[int, Params],
) -> str:
    return render(
        "registry/promotion/comparison_report.html.j2",
        comparison=comparison,
        verdict=verdict,
        policy=policy,
        facts=_facts(comparison),
        advice=ADVICE[verdict.verdict].format(version=comparison.challenger.version),
        names=_metric_names(comparison),
        pairs=comparison.pairs,
        gains=_metric_gains(comparison),
        show=comparison.problem.format_figure,
        slice_gains=_gain_scale(part.pair for part in comparison.slices if part.pair),
        class_gains=_gain_scale(part.pair for part in comparison.classes if part.pair),
        lineage=_lineage(comparison),
        changed_params=_changed_params(comparison, params),
        curves=_curves(comparison),
    )


def _metric_names(comparison: Comparison) -> dict[str, str]:
    """Return the metrics by name, as the report writes them: those of a project with their unit."""
    own = comparison.metric
    names = {name: metric_title(name) for name in comparison.challenger_figures}
    return names | ({own.name: f"{names[own.name]}, {own.unit}"} if own.unit else {})


def _metric_gains(comparison: Comparison) -> GainScale:
    """Place the gains of metrics that are comparable on a common scale, in the order of the metrics."""
    scales: dict[str, dict[str, PairedMetric]] = {}
    for name, pair in comparison.pairs.items():
        metric: Metric = comparison.problem.metrics.get(name, comparison.metric)
        scales.setdefault(metric.scale, {})[name] = pair
    placed = {
        name: row
        for pairs in scales.values()
        for name, row in zip(pairs, _gain_scale(pairs.values())["rows"], strict=True)
    }
    return {**_gain_scale(()), "rows": [placed[name] for name in comparison.pairs]}


def _gain_scale(pairs: Iterable[PairedMetric]) -> GainScale:
    """Place gains and their bounds on a common scale, with 0 in the middle."""
    rows = [(pair.gain, pair.low, pair.high) for pair in pairs]
    reach = max((abs(value) for row in rows for value in row), default=0.0) * 1.1 or 1.0
    places = [[round((value + reach) / (2 * reach) * SCALE, 1) for value in row] for row in rows]
    return {"rows": places, "zero": SCALE / 2, "width": SCALE}


def _to_dict(comparison: Comparison, verdict: PromotionVerdict) -> dict[str, object]:
    champion = comparison.champion
    return {
        "verdict": verdict.verdict,
        "sentence": verdict.sentence,
        "rules": [asdict(rule) for rule in verdict.rules],
        "model": comparison.challenger.name,
        "challenger": comparison.challenger.version,
        "champion": champion.version if champion else None,
        "rows": comparison.rows,
        "challenger_figures": dict(comparison.challenger_figures),
        "pairs": {metric: asdict(pair) for metric, pair in comparison.pairs.items()},
        "slices": [asdict(part) for part in comparison.slices],
        **({"classes": [asdict(part) for part in comparison.classes]} if comparison.classes else {}),
        "new_columns": list(comparison.new_columns),
        **({"resampled": comparison.resampled} if comparison.resampled else {}),
        **({"weight": comparison.weight} if comparison.weight else {}),
    }


def _facts(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return where the report comes from as rows: name, text, address."""
    challenger, champion = comparison.challenger, comparison.champion
    return [
        ("Compared", f"version {challenger.version} of {challenger.name}", ""),
        (
            "With",
            f"version {champion.version}, the champion" if champion else "nothing: there is no champion",
            "",
        ),
        ("On", f"{comparison.rows:,} labelled rows of the newest window", ""),
        ("Data of the challenger", challenger.tag("data_window"), ""),
        ("Run", challenger.tag("dag_run"), challenger.tag("dag_run_url")),
        ("Commit", challenger.tag("git_revision"), ""),
        ("MLflow run", challenger.run_id, ""),
        ("Costs", _costs(challenger), ""),
        ("The champion's costs", _costs(champion) if champion else "", ""),
    ]


def _costs(version: Version) -> str:
    """Return what a model costs, without what differs from comparison to comparison; empty if unknown."""
    seconds, megabytes = version.train_seconds, version.megabytes
    found = [
        f"{seconds:,.1f} s to train" if seconds is not None else "",
        f"{megabytes:,.3f} MB" if megabytes is not None else "",
    ]
    return ", ".join(filter(None, found))


def _lineage(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return the lineage of both versions as rows: name, challenger's value, champion's value."""

    def read(version: Version | None, name: TagName) -> str:
        return version.tag(name) if version else ""

    challenger, champion = comparison.challenger, comparison.champion
    rows = [(name, read(challenger, name), read(champion, name)) for name in LINEAGE_TAGS]
    return [row for row in rows if row[1] or row[2]]


def _changed_params(comparison: Comparison, params: Mapping[int, Params]) -> list[tuple[str, str, str]]:
    """Return the params in which both versions differ as rows: key, challenger's value, champion's value."""
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
    return plot_curves(scored.labels, scores, comparison.problem)
