"""Whether a metric is defined for a window and its resamples."""

from __future__ import annotations

import math

import pytest

from trimtab.errors import ConfigError
from trimtab.learning import BINARY
from trimtab.registry.promotion.defined_metrics import is_defined, require_defined
from trimtab.registry.promotion.paired_bootstrap import PairedMetric


def test_metric_is_undefined_if_it_is_no_number_for_all_rows_or_a_resample():
    assert is_defined(0.7, None)
    assert is_defined(0.7, PairedMetric(0.7, 0.6, 0.1, 0.0, 0.2))
    assert not is_defined(math.nan, None)
    assert not is_defined(0.7, PairedMetric(0.7, 0.6, 0.1, math.nan, 0.2))


def test_metric_that_is_undefined_is_refused_with_its_name():
    require_defined(BINARY.metrics["brier"], "the test window", 0.1, 0.2)
    with pytest.raises(ConfigError, match="The metric 'brier' is undefined for the test window"):
        require_defined(BINARY.metrics["brier"], "the test window", 0.1, math.inf)
