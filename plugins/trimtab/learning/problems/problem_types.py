"""The problem types that a project may declare, and metrics by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from trimtab.errors import ConfigError, closest
from trimtab.extension import is_extension, load_extension
from trimtab.learning.metrics.metric import Metric
from trimtab.learning.problems.binary import Binary
from trimtab.learning.problems.multiclass import Multiclass
from trimtab.learning.problems.problem_type import ProblemType
from trimtab.learning.problems.quantile import Quantile
from trimtab.learning.problems.regression import Regression

PROBLEM_TYPES: Mapping[str, ProblemType] = MappingProxyType(
    {each.name: each for each in (Binary(), Multiclass(), Regression(), Quantile())}
)
BINARY = PROBLEM_TYPES["binary"]

_ALL_METRICS = tuple(dict.fromkeys(name for each in PROBLEM_TYPES.values() for name in each.metrics))
COMPARISON_METRICS = tuple(
    dict.fromkeys(name for each in PROBLEM_TYPES.values() for name in each.comparison_metrics)
)

DRIFT_METRICS = tuple(dict.fromkeys(name for each in PROBLEM_TYPES.values() for name in each.drift_metrics))


def require_problem_type(name: str) -> str:
    """Return a name that is that of a problem type.

    Raises:
        ValueError: It is not.
    """
    if name not in PROBLEM_TYPES:
        raise ValueError(
            f"there is no such problem type{closest(name, PROBLEM_TYPES)} (known: {', '.join(PROBLEM_TYPES)})"
        )
    return name


def require_metric_name(name: str) -> str:
    """Return a name that is that of a built-in metric of any problem type, or of an extension.

    Raises:
        ValueError: It is neither.
    """
    return _require_name(name, _ALL_METRICS)


def require_comparison_metric_name(name: str) -> str:
    """Return a name that is that of a built-in comparison metric of any problem type, or of an extension.

    Raises:
        ValueError: It is neither.
    """
    return _require_name(name, COMPARISON_METRICS)


def require_drift_metric_name(name: str | None) -> str | None:
    """Return a name that is that of a built-in metric of any problem type, in which a drop can be measured.

    Raises:
        ValueError: It is not.
    """
    if name is not None and name not in DRIFT_METRICS:
        raise ValueError(
            f"a drop of it cannot be measured{closest(name, DRIFT_METRICS)}"
            f" (known: {', '.join(DRIFT_METRICS)})"
        )
    return name


def load_metric(name: str, root: Path, problem: ProblemType = BINARY) -> Metric:
    """Return a built-in metric of a problem type, or import one from a checkout.

    Args:
        name: The name of a built-in metric, or ``module:name``.
        root: The root of the checkout.
        problem: The problem type.

    Raises:
        ConfigError: The problem type has no such metric; or the checkout does not declare the extension, it
            cannot be imported, or is no metric.
    """
    if not is_extension(name):
        try:
            return problem.require_metric_name(name)
        except ValueError as err:
            raise ConfigError(
                f"The metric '{name}' does not exist for a problem of type {problem.name}",
                where=name,
                fix=f"choose one of {', '.join(problem.metrics)}; or declare another `problem_type`",
            ) from err
    loaded = load_extension(name, root)
    if not isinstance(loaded, Metric) or loaded.function is None:
        raise ConfigError(
            f"The extension '{name}' is no metric: it is a {type(loaded).__name__}",
            where=name,
            fix="decorate the function with `@metric(greater_is_better=...)` of trimtab.learning",
        )
    if loaded.name in _ALL_METRICS:
        raise ConfigError(
            f"The metric '{name}' has the name of a built-in one: {loaded.name}",
            where=name,
            fix="rename the function",
        )
    from trimtab.learning.problems.project_metric import require_weighted  # not at DAG parse: it needs numpy

    require_weighted(loaded, problem)
    return loaded


def _require_name(name: str, known: tuple[str, ...]) -> str:
    if name not in known and not is_extension(name):
        raise ValueError(
            f"there is no such metric{closest(name, known)} (known: {', '.join(known)}, or `module:name`)"
        )
    return name
