"""The project's own functions of a drift policy: drift statistics and drift rules."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from trimtab.drift.policy.drift_rule import BUILT_IN_RULES
from trimtab.drift.policy.project_rules import ProjectRule
from trimtab.drift.policy.significance_level import lowest_significance_level
from trimtab.drift.statistics import ProjectStatistic
from trimtab.errors import ConfigError, DriftError
from trimtab.extension import require_function
from trimtab.params_sections import DriftPolicy, RuleDeclaration

WHERE = "params.yaml: drift"


@dataclass(frozen=True, slots=True)
class DriftExtensions:
    """The functions of the project that a drift policy names.

    Attributes:
        statistics: The drift statistics, for :func:`~trimtab.drift.measure`.
        rules: The drift rules, for :func:`~trimtab.drift.decide`.
    """

    statistics: tuple[ProjectStatistic, ...] = ()
    rules: tuple[ProjectRule, ...] = ()

    @classmethod
    def bind(cls, policy: DriftPolicy, functions: Mapping[str, object]) -> Self:
        """Return the functions that a policy names.

        Args:
            policy: The policy; it may come from the params of a run.
            functions: The functions that the checkout declares, by ``module:name``; no other is used.

        Raises:
            ConfigError: The policy names another function or something that is no function, or a statistic
                has the name of another one or of a built-in rule.
        """
        names = Counter(bound.name for bound in policy.statistics)
        clashes = sorted(name for name, uses in names.items() if uses > 1 or name in BUILT_IN_RULES)
        if clashes:
            raise ConfigError(
                f"Two drift rules have the name '{clashes[0]}'",
                where=f"{WHERE}.statistics",
                fix="rename the function: a rule is named after the function of its statistic",
            )
        level = lowest_significance_level(policy)
        return cls(
            statistics=tuple(
                ProjectStatistic(
                    bound.statistic, _find(functions, bound.statistic, "statistics"), bound.max, level
                )
                for bound in policy.statistics
            ),
            rules=tuple(_bind_rule(declared, functions) for declared in policy.rules),
        )

    def require_rules(self, policy: DriftPolicy) -> None:
        """Refuse a policy that names a rule whose function is not here.

        Raises:
            DriftError: There is such a rule.
        """
        missing = {declared.rule for declared in policy.rules} - {rule.extension for rule in self.rules}
        if missing:
            raise DriftError(
                f"The drift rule '{min(missing)}' was not given",
                where=f"{WHERE}.rules",
                fix="decide with the DriftExtensions of this policy",
            )


NO_EXTENSIONS = DriftExtensions()


def _bind_rule(declared: RuleDeclaration, functions: Mapping[str, object]) -> ProjectRule:
    function = _find(functions, declared.rule, "rules")
    try:
        inspect.signature(function).bind(None, None, None, **declared.arguments)
    except (TypeError, ValueError) as err:
        raise ConfigError(
            f"The drift rule '{declared.rule}' cannot be called with measurement, policy, earlier windows"
            f" and its keys: {err}",
            where=f"{WHERE}.rules",
            fix="give the keys that the function takes",
        ) from err
    return ProjectRule(declared.rule, partial(function, **declared.arguments))


def _find(functions: Mapping[str, object], name: str, key: str) -> Callable[..., Any]:
    if name not in functions:
        raise ConfigError(
            f"The drift policy names '{name}', which is not declared in the checkout",
            where=f"{WHERE}.{key}",
            fix="name it in params.yaml in a commit; nothing of it was executed",
        )
    return require_function(name, functions[name], where=f"{WHERE}.{key}")
