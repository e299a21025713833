"""A metric: its name, its direction, and how it is computed.

The built-in metrics are listed here without an import of numpy, since a params file is validated against
their names when a DAG is parsed. A project declares a metric of its own with :func:`metric`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from trimtab.errors import ConfigError, closest
from trimtab.extension import is_extension, load_extension

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    MetricFunction: TypeAlias = Callable[
        [NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]], float | np.floating
    ]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of scores against labels.

    Attributes:
        name: Its name.
        greater_is_better: The direction; None if a value between is best, as for a calibration slope.
        needs_threshold: Whether it is a metric of predicted classes, not of scores.
        unit: The unit, for reports.
        function: The function of a project's own metric; None for a built-in one.
    """

    name: str
    greater_is_better: bool | None
    needs_threshold: bool = False
    unit: str = ""
    function: MetricFunction | None = None

    def __call__(
        self, y_true: NDArray[np.bool_], y_pred: NDArray[np.float64], sample_weight: NDArray[np.float64]
    ) -> float | np.floating:
        """Call the function of a project's own metric, as its tests and stages do."""
        if self.function is None:
            raise TypeError(f"the built-in metric {self.name} is computed by trimtab.learning.statistic")
        return self.function(y_true, y_pred, sample_weight)

    @property
    def sign(self) -> int:
        """1 if higher is better, -1 for a loss."""
        return -1 if self.greater_is_better is False else 1


def metric(*, greater_is_better: bool, unit: str = "") -> Callable[[MetricFunction], Metric]:
    """Declare a function as a metric.

    The function takes ``(y_true, y_pred, sample_weight)``, three arrays of shape (n_rows,), and returns a
    number, as the metrics of scikit-learn do. ``y_true`` says whether a row is positive, ``y_pred`` is the
    probability of the positive class. Intervals come from resampled rows: ``sample_weight`` says how often a
    row was drawn, which may be never.

    Args:
        greater_is_better: Whether a higher value is better.
        unit: The unit, for reports.
    """

    def declare(function: MetricFunction) -> Metric:
        return Metric(function.__name__, greater_is_better, unit=unit, function=function)

    return declare


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        each.name: each
        for each in (
            Metric("roc_auc", greater_is_better=True),
            Metric("average_precision", greater_is_better=True),
            Metric("log_loss", greater_is_better=False),
            Metric("brier", greater_is_better=False),
            Metric("calibration_error", greater_is_better=False),
            Metric("calibration_slope", greater_is_better=None),
            Metric("accuracy", greater_is_better=True, needs_threshold=True),
            Metric("precision", greater_is_better=True, needs_threshold=True),
            Metric("recall", greater_is_better=True, needs_threshold=True),
        )
    }
)

# The metrics in which two models are compared: none needs a threshold, and chance does not favour one side.
COMPARISON_METRICS = ("roc_auc", "average_precision", "log_loss", "brier")


def require_metric_name(name: str) -> str:
    """Return a name that is that of a built-in metric or of an extension.

    Raises:
        ValueError: It is neither.
    """
    return _require_name(name, METRICS)


def require_comparison_metric_name(name: str) -> str:
    """Return a name that is that of a built-in comparison metric or of an extension.

    Raises:
        ValueError: It is neither.
    """
    return _require_name(name, COMPARISON_METRICS)


def load_metric(name: str, root: Path) -> Metric:
    """Return a built-in metric, or import one from a checkout.

    Args:
        name: The name of a built-in metric, or ``module:name``.
        root: The root of the checkout.

    Raises:
        ConfigError: The checkout does not declare the extension, it cannot be imported, or is no metric.
    """
    if not is_extension(name):
        return METRICS[name]
    loaded = load_extension(name, root)
    if not isinstance(loaded, Metric) or loaded.function is None:
        raise ConfigError(
            f"The extension '{name}' is no metric: it is a {type(loaded).__name__}",
            where=name,
            fix="decorate the function with `@metric(greater_is_better=...)` of trimtab.learning",
        )
    if loaded.name in METRICS:
        raise ConfigError(
            f"The metric '{name}' has the name of a built-in one: {loaded.name}",
            where=name,
            fix="rename the function",
        )
    from trimtab.learning.project_metric import require_weighted  # not at DAG parse: it needs numpy

    require_weighted(loaded, name)
    return loaded


def _require_name(name: str, known: Mapping[str, Metric] | tuple[str, ...]) -> str:
    if name not in known and not is_extension(name):
        raise ValueError(
            f"there is no such metric{closest(name, known)} (known: {', '.join(known)}, or `module:name`)"
        )
    return name
