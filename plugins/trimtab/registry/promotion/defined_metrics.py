"""Whether a metric is defined for a window and each resample of it."""

from __future__ import annotations

import math

from trimtab.errors import ConfigError
from trimtab.learning import Metric
from trimtab.registry.promotion.paired_bootstrap import PairedMetric


def is_defined(figure: float, pair: PairedMetric | None) -> bool:
    """Whether a metric is a number for all rows and each resample, as R² is not where labels are equal."""
    return all(map(math.isfinite, (figure, *(pair.bounds if pair else ()))))


def require_defined(metric: Metric, where: str, *values: float) -> None:
    """Refuse a metric that is undefined: nothing would follow from a comparison with it.

    Args:
        metric: The metric.
        where: What it is undefined for.
        values: Its values.

    Raises:
        ConfigError: A value is no finite number.
    """
    if not all(map(math.isfinite, values)):
        raise ConfigError(
            f"The metric '{metric.name}' is undefined for {where}",
            where="params.yaml: promote.metric",
            fix="choose another metric; or, in one of your own, return a number for all rows and for each"
            " resample of them",
        )
