"""The rules of promotion: whether a challenger is better, not better, or a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trimtab.amount import resolve_amount
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
    score, show = comparison.challenger_figures[comparison.metric.name], comparison.problem.format_figure
    if policy.worst is None:
        holds, bound = score == score, ""
    else:
        holds = comparison.metric.sign * (score - policy.worst) >= 0
        bound = f", {'no worse' if holds else 'worse'} than the {policy.worst:g} allowed"
    sentence = f"its {comparison.metric.name} is {show(score)} on {comparison.rows:,} rows{bound}"
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
    pair, show = comparison.pairs.get(comparison.metric.name), comparison.problem.format_figure
    if pair is None:
        return None
    required = resolve_amount(policy.min_gain, pair.champion)
    holds = pair.low > required
    together = f" for all {comparison.candidates} candidates" if comparison.candidates > 1 else ""
    bound = f"with {policy.confidence:.0%} confidence{together} it is more than {show(pair.low, signed=True)}"
    sentence = (
        f"its {comparison.metric.name} is {show(pair.challenger)} against {show(pair.champion)} "
        f"on {comparison.rows:,} rows, a gain of {show(pair.gain, signed=True)}; {bound}, "
        f"and the policy requires more than {_amount(policy.min_gain, show(required))}"
    )
    return PromotionRule("min_gain", holds, "not better", sentence)


def _slices(comparison: Comparison, policy: PromotePolicy) -> PromotionRule | None:
    compared = [(part.name, part.pair) for part in comparison.slices if part.pair]
    show = comparison.problem.format_figure
    if not compared:
        return None
    max_loss = policy.slices.max_loss_of(comparison.problem)
    allowed = f"{max_loss:g}" if isinstance(max_loss, float) else f"{max_loss} of the champion's figure"
    worse = [
        (name, pair) for name, pair in compared if not pair.high >= -resolve_amount(max_loss, pair.champion)
    ]
    if worse:
        named = ", ".join(f"{name} ({show(pair.gain, signed=True)})" for name, pair in worse[:MOST_SLICES])
        sentence = f"it is worse by more than the {allowed} allowed in {len(worse)} slice(s): {named}"
    else:
        sentence = f"in none of {len(compared)} slices is it worse by more than the {allowed} allowed"
    return PromotionRule("slices.max_loss", not worse, "not better", sentence)


def _amount(declared: float | str, value: str) -> str:
    """Return a declared amount as a text, with its value if it is a percentage."""
    if isinstance(declared, str):
        return f"{declared} of the champion's figure, which is {value}"
    return f"{declared:g}"


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
