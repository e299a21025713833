"""Compare the candidates of a run with the champion, and log a report to the run of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.learning import BINARY, INDEPENDENT, Dependence, Metric, ProblemType
from trimtab.registry.ledger import Ledger
from trimtab.registry.loading import NO_PROJECT, ModelTrust
from trimtab.registry.promotion.candidate_ranking import rank
from trimtab.registry.promotion.champion_switch import reconcile
from trimtab.registry.promotion.comparison import Comparison, compare_versions
from trimtab.registry.promotion.comparison_report import log_comparison_reports
from trimtab.registry.promotion.comparison_summary import ComparisonSummary
from trimtab.registry.promotion.paired_bootstrap import required_resamples
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion_rules import PromotionVerdict, apply_rules
from trimtab.registry.tracking import TAG_PREFIX, MlflowClient, Version, connection


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
    pair = comparison.pairs.get(comparison.metric.name)
    return ComparisonSummary(
        verdict=verdict.verdict,
        sentence=verdict.sentence,
        champion=ledger.champion,
        head=ledger.head,
        challenger_figures=comparison.challenger_figures,
        champion_figures=comparison.champion_figures,
        gain={"gain": pair.gain, "low": pair.low, "high": pair.high} if pair else {},
        run_id=comparison.challenger.run_id,
        report_sha256=report_hash,
    )
