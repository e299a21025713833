"""A metric: its name, its direction, and how it is computed.

The built-in metrics are listed with their problem type, without an import of numpy, since a params file is
validated against their names when a DAG is parsed. A project declares its own metric with :func:`metric`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    MetricFunction: TypeAlias = Callable[
        [NDArray[Any], NDArray[np.float64], NDArray[np.float64]], float | np.floating
    ]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of predictions against labels.

    Attributes:
        name: Its name.
        greater_is_better: The direction; None if a value between is best, as for a calibration slope.
        needs_threshold: Whether it is a metric of binary classes, which a threshold turns probabilities into.
        unit: The unit, for reports.
        function: The function of a project's own metric; None for a built-in one.
        scale: Gains in metrics of the same scale are comparable, so a report draws them on one axis.
    """

    name: str
    greater_is_better: bool | None
    needs_threshold: bool = False
    unit: str = ""
    function: MetricFunction | None = None
    scale: str = ""

    def __call__(
        self, y_true: NDArray[Any], y_pred: NDArray[np.float64], sample_weight: NDArray[np.float64]
    ) -> float | np.floating:
        """Call the function of a project's own metric, as its tests and stages do."""
        if self.function is None:
            raise TypeError(f"the built-in metric {self.name} is computed by its problem type")
        return self.function(y_true, y_pred, sample_weight)

    @property
    def sign(self) -> int:
        """1 if higher is better, -1 for a loss."""
        return -1 if self.greater_is_better is False else 1


def metric(*, greater_is_better: bool, unit: str = "") -> Callable[[MetricFunction], Metric]:
    """Declare a function as a metric.

    The function takes ``(y_true, y_pred, sample_weight)``, three arrays with one entry per row, and returns a
    number, as the metrics of scikit-learn do. What labels and predictions are, depends on the problem type:

    ==============  ============================================  ========================================
    problem type    ``y_true``                                    ``y_pred``
    ==============  ============================================  ========================================
    ``binary``      whether the row is positive                   the probability of the positive class
    ``multiclass``  the number of the class, from 0, in the       the probability of each class, of shape
                    order of the classes                          (n_rows, n_classes)
    ``regression``  the value                                     the predicted value
    ``quantile``    the value                                     the predicted quantiles, ascending, of shape
                                                                  (n_rows, n_levels)
    ==============  ============================================  ========================================

    Intervals come from resampled rows: ``sample_weight`` says how often a row was drawn, which may be never.
    If the project declares a weight, it is this times the row's weight, whose mean is 1.

    Args:
        greater_is_better: Whether a higher value is better.
        unit: The unit, for reports.
    """

    def declare(function: MetricFunction) -> Metric:
        name = function.__name__
        return Metric(name, greater_is_better, unit=unit, function=function, scale=name)

    return declare
