"""Compare the candidates of a run with the champion, and log a report to the run of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.json_value import JsonValue
from trimtab.learning import BINARY, INDEPENDENT, Dependence, Metric, ProblemType
from trimtab.registry.ledger import Ledger
from trimtab.registry.loading import NO_PROJECT, ModelTrust
from trimtab.registry.promotion.candidate_ranking import rank
from trimtab.registry.promotion.champion_switch import reconcile
from trimtab.registry.promotion.comparison import Comparison, compare_versions
from trimtab.registry.promotion.comparison_report import log_comparison_reports
from trimtab.registry.promotion.comparison_summary import ComparisonSummary
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, required_resamples
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion_rules import PromotionVerdict, apply_rules
from trimtab.registry.tracking import TAG_PREFIX, MlflowClient, Version, connection

MOST_WORSE = 20  # slices and classes in a summary; the report has all


@dataclass(frozen=True)
class ComparedCandidate:
    """A candidate of a run, and the result of its comparison with the champion.

    Attributes:
        version: The version.
        summary: The result.
        comparison: The metrics behind it; ``None`` for the champion, and for a result of another process.
    """

    version: Version
    summary: ComparisonSummary
    comparison: Comparison | None = None


def compare_candidates(
    versions: Sequence[Version],
    policy: PromotePolicy,
    *,
    test: Path,
    label: str,
    metric: Metric,
    trusted: ModelTrust = NO_PROJECT,
    problem: ProblemType = BINARY,
    dependence: Dependence = INDEPENDENT,
    weight: str = "",
) -> list[ComparedCandidate]:
    """Compare the candidates of a run with the champion, and log a report to the run of each.

    The error rate of the policy is held over all of them. A candidate that is the champion already is not
    compared.

    Args:
        versions: The candidates.
        policy: The policy.
        test: Parquet file with the features and the label.
        label: Name of the label column; rows without a label do not count.
        metric: The metric of the policy, as the checkout that runs defines it.
        trusted: What the checkout that runs trusts: types that models may hold, and keys that sign them.
        problem: The problem type that the checkout that runs declares.
        dependence: The columns of the window by which rows depend on each other.
        weight: The column of the window by which rows count; empty if all count the same.

    Returns:
        The candidates; the one that goes on comes first.

    Raises:
        ConfigError: The policy names columns that the window does not have, or a metric that the problem type
            does not have or that is undefined.
        ModelError: A candidate holds types that are not trusted.
        RegistryError: A candidate cannot be loaded, has another problem type or lacks columns; nothing can
            be measured with the window; the ledger is broken, or the server does not answer.
    """
    policy = policy.resolve(problem)
    with connection() as client:
        ledger = reconcile(client, versions[0].name)
        challengers = [version for version in versions if version.version != ledger.champion]
        live = [
            ComparedCandidate(version, _champion_already(version, ledger))
            for version in versions
            if version.version == ledger.champion
        ]
        if not challengers:
            return live
        policy = _with_enough_resamples(policy, len(challengers))
        champion = Version.read(client, versions[0].name, ledger.champion) if ledger.champion else None
        compared = compare_versions(
            challengers,
            champion,
            policy,
            test=test,
            label=label,
            metric=metric,
            trusted=trusted,
            problem=problem,
            dependence=dependence,
            weight=weight,
        )
        judged = rank(
            (each, apply_rules(each, policy, retired=_is_retired(client, ledger, each.challenger)))
            for each in compared
        )
        hashes = log_comparison_reports(client, judged, policy)
        ranked = [
            ComparedCandidate(each.challenger, _summarize(ledger, each, verdict, report_hash), each)
            for (each, verdict), report_hash in zip(judged, hashes, strict=True)
        ]
        return [*ranked, *live]


def _champion_already(version: Version, ledger: Ledger) -> ComparisonSummary:
    return ComparisonSummary("champion", f"{version} is the champion already", ledger.champion, ledger.head)


def _with_enough_resamples(policy: PromotePolicy, candidates: int) -> PromotePolicy:
    """Return the policy with as many resamples as the bounds of so many candidates need."""
    needed = required_resamples(candidates, policy.confidence)
    return policy.model_copy(update={"resamples": max(policy.resamples, needed)})


def _is_retired(client: MlflowClient, ledger: Ledger, version: Version) -> bool:
    """Whether the version, or one with the same model file, was rolled back from."""
    if version.version in ledger.retired:
        return True
    tag = f"{TAG_PREFIX}model_sha256"
    same = client.search_model_versions(
        f"name = '{version.name}' and tags.`{tag}` = '{version.tags.get(tag)}'"
    )
    return any(int(other.version) in ledger.retired for other in same)


def _summarize(
    ledger: Ledger, comparison: Comparison, verdict: PromotionVerdict, report_hash: str
) -> ComparisonSummary:
    gains = {name: _gain(pair) for name, pair in comparison.pairs.items()}
    metrics = {**comparison.problem.metrics, comparison.metric.name: comparison.metric}
    models = {"challenger": comparison.challenger, "champion": comparison.champion}
    return ComparisonSummary(
        verdict=verdict.verdict,
        sentence=verdict.sentence,
        champion=ledger.champion,
        head=ledger.head,
        challenger_figures=comparison.challenger_figures,
        champion_figures=comparison.champion_figures,
        gain=gains.get(comparison.metric.name, {}),
        gains=gains,
        losses=tuple(name for name in comparison.challenger_figures if metrics[name].sign < 0),
        worse=_worse_parts(comparison),
        costs={name: _costs(comparison, version) for name, version in models.items() if version},
        run_id=comparison.challenger.run_id,
        report_sha256=report_hash,
    )


def _gain(pair: PairedMetric) -> dict[str, float]:
    return {"gain": pair.gain, "low": pair.low, "high": pair.high}


def _worse_parts(comparison: Comparison) -> tuple[dict[str, JsonValue], ...]:
    """Return the slices and classes in which the challenger is worse, the worst first."""
    named = [*((part, part.name) for part in comparison.slices)]
    named += [(part, f"recall of class {part.name}") for part in comparison.classes]
    worse = [(part, name, part.pair) for part, name in named if part.pair and part.pair.gain < 0]
    worse.sort(key=lambda found: found[2].gain)
    return tuple({"name": name, "rows": part.rows, **_gain(pair)} for part, name, pair in worse[:MOST_WORSE])


def _costs(comparison: Comparison, version: Version) -> dict[str, float]:
    """Return what a model costs, without what is not known."""
    measured = comparison.measures.get(version.version)
    found = {
        "train_seconds": version.train_seconds,
        "score_milliseconds": measured.score_milliseconds if measured else None,
        "megabytes": version.megabytes,
    }
    return {name: value for name, value in found.items() if value is not None}
