"""The names of the metrics."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from trimtab.learning.metric_names import AT_THRESHOLD, COMPARISON_METRICS, LOSSES, METRIC_NAMES, NEITHER_WAY
from trimtab.learning.binary_metrics import statistic

LABELS, SCORES = np.array([True, False, True, False]), np.array([0.9, 0.2, 0.6, 0.7])


@pytest.mark.parametrize("name", METRIC_NAMES)
def test_every_metric_name_can_be_computed(name):
    threshold = 0.5 if name in AT_THRESHOLD else None

    assert np.isfinite(statistic(name, LABELS, SCORES, threshold)(np.ones((1, 4)))).all()


def test_metrics_that_compare_models_need_no_threshold_and_have_a_direction():
    assert {*COMPARISON_METRICS} <= {*METRIC_NAMES} - AT_THRESHOLD - NEITHER_WAY
    assert {*METRIC_NAMES} >= LOSSES | AT_THRESHOLD | NEITHER_WAY


def test_metric_names_are_known_without_an_import_of_numpy():
    code = "import sys, trimtab.learning.metric_names; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
