"""Names of Great Expectations outside of its documented interface: a failing test says which one moved."""

from __future__ import annotations

import inspect
import subprocess

import pandas as pd
import pytest

from trimtab.gates.data import gx_compat


@pytest.mark.parametrize("name", gx_compat.__all__)
def test_name_is_where_gx_compat_imports_it_from(name):
    assert getattr(gx_compat, name) is not None, f"Great Expectations has no {name} any more"


@pytest.mark.parametrize("metric", ["TableRowCount", "ColumnTypes", "ColumnValuesBetween"])
def test_metric_has_a_pandas_implementation(metric):
    function = gx_compat.pandas_implementation(getattr(gx_compat, metric))

    assert inspect.isfunction(function), f"{metric}._pandas has moved"
    assert next(iter(inspect.signature(function).parameters)) in ("cls", "self")


def test_engine_forgets_its_metrics_and_its_batch_data():
    engine = gx_compat.PandasExecutionEngine()
    engine.load_batch_data("table", gx_compat.PandasBatchData(engine, pd.DataFrame({"x": [1]})))
    engine._metric_cache[("x",)] = 1

    gx_compat.forget_metrics(engine)
    gx_compat.forget_batch_data(engine)

    assert not engine._metric_cache, "PandasExecutionEngine._metric_cache is no cache of metrics any more"
    assert not engine.batch_manager.batch_data_cache, "BatchManager.batch_data_cache has moved"


@pytest.mark.parametrize("method", ["get_domain_records", "get_compute_domain", "condition_to_filter_clause"])
def test_engine_has_the_methods_that_the_column_engine_overrides_or_calls(method):
    assert callable(getattr(gx_compat.PandasExecutionEngine, method)), f"{method} has moved"


@pytest.mark.parametrize("method", ["process_expectations_for_validation", "graph_validate"])
def test_validator_has_the_methods_that_the_gate_calls(method):
    assert callable(getattr(gx_compat.Validator, method)), f"Validator.{method} has moved"


@pytest.mark.parametrize("function", ["get_expectation_impl", "list_registered_expectation_implementations"])
def test_registry_has_the_functions_that_the_builder_calls(function):
    assert callable(getattr(gx_compat.registry, function)), f"registry.{function} has moved"


@pytest.mark.parametrize("name", ["generate_html_element_uuid", "add_data_context_id_to_url"])
def test_data_docs_use_the_filters_that_are_replaced(name):
    from great_expectations.render.view import DefaultJinjaPageView

    assert name in DefaultJinjaPageView().env.filters, f"the filter {name} has moved"


def test_only_gx_compat_imports_great_expectations():
    found = subprocess.run(
        ["git", "grep", "-lE", r"^\s*(from|import) great_expectations", "--", "plugins"],
        capture_output=True,
        text=True,
    )

    assert found.stdout.split() == ["plugins/trimtab/gates/data/gx_compat.py"]
