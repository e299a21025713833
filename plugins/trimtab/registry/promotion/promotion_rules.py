"""The rules of promotion: whether a challenger is better, not better, or a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.promote_policy import PromotePolicy

Verdict = Literal["better", "not better", "a person decides"]
MOST_SLICES = 5  # in a sentence


@dataclass(frozen=True)
class PromotionRule:
    """A rule, applied to a comparison.

    Attributes:
        name: The policy's key, if it has one for the rule.
        holds: Whether the challenger fulfils the rule.
        otherwise: The verdict if it does not.
        sentence: The result, for people.
    """

    name: str
    holds: bool
    otherwise: Verdict
    sentence: str


@dataclass(frozen=True)
class PromotionVerdict:
    """The verdict on a challenger, and the rules behind it."""

    verdict: Verdict
    sentence: str
    rules: tuple[PromotionRule, ...]


def apply_rules(comparison: Comparison, policy: PromotePolicy, *, retired: bool) -> PromotionVerdict:
    """Apply the rules to a comparison.

    Args:
        comparison: Both models' metrics.
        policy: The policy.
        retired: Whether the challenger's content was champion and was rolled back from.
    """
    rules = tuple(
        rule
        for rule in (
            _worst(comparison, policy),
            _comparable(comparison),
            _gain(comparison, policy),
            _slices(comparison, policy),
            _columns(comparison),
            _not_retired(retired=retired),
        )
        if rule
    )
    broken = [rule for rule in rules if not rule.holds]
    # "Not better" comes first: nobody has to be asked about such a challenger.
    broken.sort(key=lambda rule: rule.otherwise == "a person decides")
    verdict: Verdict = broken[0].otherwise if broken else "better"
    return PromotionVerdict(verdict, f"{_heading(comparison, verdict)}: {_reason(rules, broken)}", rules)


def _heading(comparison: Comparison, verdict: Verdict) -> str:
    new, old = comparison.challenger, comparison.champion
    if verdict == "a person decides":
        return f"A person decides on {new}"
    if old is None:
        return f"{new} is {'' if verdict == 'better' else 'not '}good enough for the first champion"
    return f"{new} is {verdict} than version {old.version}, the champion"


def _reason(rules: tuple[PromotionRule, ...], broken: list[PromotionRule]) -> str:
    named = {rule.name: rule for rule in rules}
    chosen = broken or [named.get("min_gain", named["worst"])]
    return "; ".join(rule.sentence for rule in chosen)


def _worst(comparison: Comparison, policy: PromotePolicy) -> PromotionRule:
    score = comparison.challenger_figures[comparison.metric.name]
    if policy.worst is None:
        holds, bound = score == score, ""
    else:
        holds = comparison.metric.sign * (score - policy.worst) >= 0
        bound = f", {'no worse' if holds else 'worse'} than the {policy.worst:g} allowed"
    sentence = f"its {comparison.metric.name} is {score:.4f} on {comparison.rows:,} rows{bound}"
    return PromotionRule("worst", holds, "not better", sentence)


def _comparable(comparison: Comparison) -> PromotionRule | None:
    if comparison.champion is None:
        return None
    number, obstacle = comparison.champion.version, comparison.obstacle
    sentence = f"version {number}, the champion, can be compared with it"
    if obstacle:
        sentence = f"version {number}, the champion, cannot be compared with it: {obstacle}"
    return PromotionRule("comparable", not obstacle, "a person decides", sentence)


def _gain(comparison: Comparison, policy: PromotePolicy) -> PromotionRule | None:
    pair = comparison.pairs.get(comparison.metric.name)
    if pair is None:
        return None
    holds = pair.low > policy.min_gain
    bound = f"with {policy.confidence:.0%} confidence it is more than {pair.low:+.4f}"
    sentence = (
        f"its {comparison.metric.name} is {pair.challenger:.4f} against {pair.champion:.4f} "
        f"on {comparison.rows:,} rows, a gain of {pair.gain:+.4f}; {bound}, "
        f"and the policy requires more than {policy.min_gain:g}"
    )
    return PromotionRule("min_gain", holds, "not better", sentence)


def _slices(comparison: Comparison, policy: PromotePolicy) -> PromotionRule | None:
    compared = [part for part in comparison.slices if part.pair]
    if not compared:
        return None
    allowed = policy.slices.max_loss
    worse = [part for part in compared if part.pair and not part.pair.high >= -allowed]
    if worse:
        named = ", ".join(f"{part.name} ({part.pair.gain:+.4f})" for part in worse[:MOST_SLICES] if part.pair)
        sentence = f"it is worse by more than the {allowed:g} allowed in {len(worse)} slice(s): {named}"
    else:
        sentence = f"in none of {len(compared)} slices is it worse by more than the {allowed:g} allowed"
    return PromotionRule("slices.max_loss", not worse, "not better", sentence)


def _columns(comparison: Comparison) -> PromotionRule | None:
    if comparison.champion is None or comparison.obstacle:
        return None
    new = comparison.new_columns
    sentence = "it reads no column that the champion does not read"
    if new:
        sentence = (
            "it reads columns that the champion does not read, and that callers may not send:"
            f" {', '.join(new)}"
        )
    return PromotionRule("columns", not new, "a person decides", sentence)


def _not_retired(*, retired: bool) -> PromotionRule:
    sentence = "this content was never rolled back from"
    if retired:
        sentence = "this content has been champion, and was rolled back from"
    return PromotionRule("retired", not retired, "a person decides", sentence)
