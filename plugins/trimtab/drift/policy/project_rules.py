"""Drift rules that the project defines: their functions, and the check of what they return."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy.drift_rule import BUILT_IN_RULES, DriftRule
from trimtab.drift.policy.window_history import PastWindow
from trimtab.errors import DriftError
from trimtab.extension import is_finite_number
from trimtab.params_sections import DriftPolicy

LEADS_TO = ("investigate", "retrain", "watch")


@dataclass(frozen=True, slots=True)
class ProjectRule:
    """A drift rule of the project.

    Attributes:
        extension: The function's name, ``module:name``.
        function: The function of measurement, policy and the earlier windows checked with the same champion.
    """

    extension: str
    function: Callable[[Measurement, DriftPolicy, Sequence[PastWindow]], Any]


def project_rules(
    rules: Sequence[ProjectRule],
    measurement: Measurement,
    policy: DriftPolicy,
    own: Sequence[PastWindow],
) -> list[DriftRule]:
    """Return the rules of the project that apply to the window.

    Args:
        rules: The rules of the project.
        measurement: The measured window.
        policy: The bounds.
        own: The earlier windows checked with the same champion, the oldest first.

    Raises:
        DriftError: A function raises, or returns neither a valid rule nor None; or two rules have one name.
    """
    taken, found = {*BUILT_IN_RULES, *(bound.name for bound in policy.statistics)}, []
    for rule in rules:
        made = _apply(rule, measurement, policy, own)
        if made is None:
            continue
        problems = list(_problems(made, taken))
        if problems:
            raise _invalid(rule, "; ".join(problems))
        taken.add(made.name)
        found.append(_with_plain_values(made))
    return found


def _apply(
    rule: ProjectRule, measurement: Measurement, policy: DriftPolicy, own: Sequence[PastWindow]
) -> DriftRule | None:
    try:
        made = rule.function(measurement, policy, own)
    except Exception as err:
        raise DriftError(
            f"The drift rule '{rule.extension}' fails: {err!r}",
            where="params.yaml: drift.rules",
            fix="correct the function: values are None if they are unknown, as without labels",
        ) from err
    if made is None or isinstance(made, DriftRule):
        return made
    raise _invalid(rule, f"it is {made!r}")


def _problems(rule: DriftRule, taken: Collection[str]) -> Iterator[str]:
    if not isinstance(rule.name, str) or not rule.name.isidentifier():
        yield f"its name is no identifier: {rule.name!r}"
    elif rule.name in taken:
        yield f"another rule has its name: {rule.name}"
    if rule.leads_to not in LEADS_TO:
        yield f"it leads to {rule.leads_to!r}, and not to one of {', '.join(LEADS_TO)}"
    for name in ("value", "bound", "p_value"):
        number = getattr(rule, name)
        if not is_finite_number(number) and (number is not None or name == "bound"):
            yield f"its {name} is no finite number: {number!r}"
    if rule.p_value is not None and rule.fired:
        yield "it has a p-value and has fired, which only `needed` of `of_last` windows decide"


def _with_plain_values(rule: DriftRule) -> DriftRule:
    """Return the rule without types of NumPy, which JSON does not know."""
    return replace(
        rule,
        value=None if rule.value is None else float(rule.value),
        bound=float(rule.bound),
        p_value=None if rule.p_value is None else float(rule.p_value),
        exceeded=bool(rule.exceeded),
        fired=bool(rule.fired),
        sentence=str(rule.sentence),
    )


def _invalid(rule: ProjectRule, problem: str) -> DriftError:
    return DriftError(
        f"The drift rule '{rule.extension}' returns no valid rule: {problem}",
        where="params.yaml: drift.rules",
        fix="return DriftRule.tested(…), DriftRule.untested(…), or None if the rule does not apply",
    )
