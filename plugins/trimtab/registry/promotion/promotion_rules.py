"""What a comparison says of a challenger: better, not better, or a matter for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trimtab.metrics import sign
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.promote_policy import PromotePolicy

Verdict = Literal["better", "not better", "a person decides"]


@dataclass(frozen=True)
class Rule:
    """One rule, applied to one comparison.

    Attributes:
        name: The policy's key, where it has one.
        holds: Whether it is kept.
        otherwise: The verdict if it is not.
        sentence: The same, for a person.
    """

    name: str
    holds: bool
    otherwise: Verdict
    sentence: str


@dataclass(frozen=True)
class Judgement:
    """The verdict and the rules it comes from."""

    verdict: Verdict
    sentence: str
    rules: tuple[Rule, ...]


def judge(comparison: Comparison, policy: PromotePolicy, *, withdrawn: bool) -> Judgement:
    """Apply the policy.

    Args:
        comparison: Both models' figures.
        policy: What better means.
        withdrawn: Whether the challenger's content has been champion and was rolled back from.
    """
    rules = tuple(
        rule
        for rule in (
            _value(comparison, policy),
            _comparable(comparison),
            _gain(comparison, policy),
            _slices(comparison, policy),
            _columns(comparison),
            _not_withdrawn(withdrawn=withdrawn),
        )
        if rule
    )
    broken = [rule for rule in rules if not rule.holds]
    # What is not better needs no person to say so.
    broken.sort(key=lambda rule: rule.otherwise == "a person decides")
    verdict: Verdict = broken[0].otherwise if broken else "better"
    return Judgement(verdict, f"{_heading(comparison, verdict)}: {_why(rules, broken)}", rules)


def _heading(comparison: Comparison, verdict: Verdict) -> str:
    new, old = comparison.challenger, comparison.champion
    if verdict == "a person decides":
        return f"A person decides on {new}"
    if old is None:
        return f"{new} is {'' if verdict == 'better' else 'not '}good enough for the first champion"
    return f"{new} is {verdict} than version {old.version}, the champion"


def _why(rules: tuple[Rule, ...], broken: list[Rule]) -> str:
    named = {rule.name: rule for rule in rules}
    chosen = broken or [named.get("min_gain", named["worst"])]
    return "; ".join(rule.sentence for rule in chosen)


def _value(comparison: Comparison, policy: PromotePolicy) -> Rule:
    score = comparison.challenger_figures[policy.metric]
    if policy.worst is None:
        holds, bound = score == score, ""
    else:
        holds = sign(policy.metric) * (score - policy.worst) >= 0
        bound = f", {'no worse' if holds else 'worse'} than the {policy.worst:g} allowed"
    sentence = f"its {policy.metric} is {score:.4f} on {comparison.rows:,} rows{bound}"
    return Rule("worst", holds, "not better", sentence)


def _comparable(comparison: Comparison) -> Rule | None:
    if comparison.champion is None:
        return None
    number, obstacle = comparison.champion.version, comparison.obstacle
    sentence = f"version {number}, the champion, can be compared with it"
    if obstacle:
        sentence = f"version {number}, the champion, cannot be compared with it: {obstacle}"
    return Rule("comparable", not obstacle, "a person decides", sentence)


def _gain(comparison: Comparison, policy: PromotePolicy) -> Rule | None:
    pair = comparison.pairs.get(policy.metric)
    if pair is None:
        return None
    holds = pair.low > policy.min_gain
    sure = f"with {policy.confidence:.0%} confidence it is more than {pair.low:+.4f}"
    sentence = (
        f"its {policy.metric} is {pair.challenger:.4f} against {pair.champion:.4f} "
        f"on {comparison.rows:,} rows, a gain of {pair.gain:+.4f}; {sure}, "
        f"and more than {policy.min_gain:g} is asked for"
    )
    return Rule("min_gain", holds, "not better", sentence)


def _slices(comparison: Comparison, policy: PromotePolicy) -> Rule | None:
    judged = [part for part in comparison.slices if part.pair]
    if not judged:
        return None
    allowed = policy.slices.max_loss
    worse = [part for part in judged if part.pair and part.pair.high < -allowed]
    if worse:
        named = ", ".join(f"{part.name} ({part.pair.gain:+.4f})" for part in worse[:5] if part.pair)
        sentence = f"it is worse by more than the {allowed:g} allowed in {len(worse)} slice(s): {named}"
    else:
        sentence = f"in none of {len(judged)} slices is it worse by more than the {allowed:g} allowed"
    return Rule("slices.max_loss", not worse, "not better", sentence)


def _columns(comparison: Comparison) -> Rule | None:
    if comparison.champion is None or comparison.obstacle:
        return None
    new = comparison.new_columns
    sentence = "it reads no column that the champion does not"
    if new:
        named = ", ".join(new)
        sentence = f"it reads columns that the champion does not, and whoever calls it may not send: {named}"
    return Rule("columns", not new, "a person decides", sentence)


def _not_withdrawn(*, withdrawn: bool) -> Rule:
    sentence = "this content has not been rolled back from"
    if withdrawn:
        sentence = "this content has been champion, and was rolled back from"
    return Rule("withdrawn", not withdrawn, "a person decides", sentence)
