"""Metrics: the built-in ones, and those that a project declares."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from trimtab.errors import ConfigError
from trimtab.learning import (
    BINARY,
    load_metric,
    require_comparison_metric_name,
    require_metric_name,
)

LABELS, SCORES = np.array([True, False, True, False]), np.array([0.9, 0.2, 0.6, 0.7])
COST = """
import numpy as np
from trimtab.learning import metric

@metric(greater_is_better=False, unit="EUR")
def refund_cost(y_true, y_pred, sample_weight):
    return np.average(np.where(y_true, 120 * (y_pred < 0.3), 15 * (y_pred >= 0.3)), weights=sample_weight)
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A checkout whose params.yaml names whatever its module `shop_metrics` defines."""
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    sys.modules.pop("shop_metrics", None)


def write(root: Path, code: str, name: str) -> str:
    (root / "shop_metrics.py").write_text(code)
    (root / "params.yaml").write_text(f"promote:\n  metric: shop_metrics:{name}\n")
    return f"shop_metrics:{name}"


@pytest.mark.parametrize("name", BINARY.metrics)
def test_every_built_in_metric_can_be_computed(name: str) -> None:
    threshold = 0.5 if BINARY.metrics[name].needs_threshold else None

    assert np.isfinite(
        BINARY.statistic(BINARY.metrics[name], LABELS, SCORES, threshold)(np.ones((1, 4)))
    ).all()


@pytest.mark.parametrize("name", BINARY.comparison_metrics)
def test_metric_that_compares_models_needs_no_threshold_and_has_a_direction(name: str) -> None:
    assert not BINARY.metrics[name].needs_threshold
    assert BINARY.metrics[name].greater_is_better is not None


def test_metrics_are_known_without_an_import_of_numpy() -> None:
    code = "import sys, trimtab.learning; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_metric_of_a_project_is_computed_with_the_weights_of_each_resample(root: Path) -> None:
    cost = load_metric(write(root, COST, "refund_cost"), root)
    weights = np.array([[1.0, 1, 1, 1], [0, 0, 0, 2], [1, 1, 2, 0]])

    assert (cost.name, cost.sign, cost.unit) == ("refund_cost", -1, "EUR")
    assert BINARY.statistic(cost, LABELS, SCORES)(weights).tolist() == [3.75, 15, 0]


def test_metric_name_that_is_unknown_is_refused_with_the_close_match() -> None:
    with pytest.raises(ValueError, match="no such metric; did you mean 'roc_auc'"):
        require_metric_name("roc_acu")


def test_metric_at_a_threshold_is_refused_for_a_comparison() -> None:
    with pytest.raises(ValueError, match="no such metric"):
        require_comparison_metric_name("recall")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def refund_cost(y_true, y_pred, sample_weight): return 1.0", "is no metric: it is a function"),
        (COST.replace("weights=sample_weight", ""), "'refund_cost' does not take the weights as counts"),
        (COST.replace("np.average(", "np.avreage("), "'refund_cost' failed: AttributeError"),
        (COST.replace("return ", "return np.inf * "), "'refund_cost' is not finite"),
        (COST.replace("return ", "return 'no' or "), "'refund_cost' failed: ValueError"),
        (COST.replace("sample_weight):", "weight):").replace("=sample_weight", "=weight"), ""),
    ],
)
def test_metric_of_a_project_that_cannot_be_used_is_refused_before_any_data_is_read(
    root: Path, code: str, problem: str
) -> None:
    name = write(root, code, "refund_cost")
    if not problem:
        assert load_metric(name, root).name == "refund_cost"
        return
    with pytest.raises(ConfigError, match=problem):
        load_metric(name, root)


def test_metric_of_a_project_cannot_take_the_name_of_a_built_in_one(root: Path) -> None:
    with pytest.raises(ConfigError, match="has the name of a built-in one: brier"):
        load_metric(write(root, COST.replace("refund_cost", "brier"), "brier"), root)
