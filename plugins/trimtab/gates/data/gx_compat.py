"""Names of Great Expectations that are not in its documented interface: the one module that touches them.

``tests/library/gates/data/test_gx_compat.py`` has a test per name. It says which name an upgrade has moved.

Great Expectations takes seconds to import: import this module where a gate evaluates, not before.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

import great_expectations as gx
from great_expectations.compatibility import pydantic
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.exceptions import ExpectationNotFoundError, GreatExpectationsError
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.execution_engine.pandas_batch_data import PandasBatchData
from great_expectations.expectations import registry
from great_expectations.expectations.expectation import (
    BatchExpectation,
    ColumnAggregateExpectation,
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.metrics.column_map_metrics.column_values_between import (
    ColumnValuesBetween,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    multicolumn_condition_partial,
)
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
from great_expectations.expectations.metrics.table_metrics.table_column_types import ColumnTypes
from great_expectations.expectations.metrics.table_metrics.table_row_count import TableRowCount
from great_expectations.expectations.row_conditions import PassThroughCondition, deserialize_row_condition
from great_expectations.validator.validator import Validator

__all__ = [
    "BatchExpectation",
    "ColumnAggregateExpectation",
    "ColumnMapExpectation",
    "ColumnMapMetricProvider",
    "ColumnPairMapExpectation",
    "ColumnTypes",
    "ColumnValuesBetween",
    "Expectation",
    "ExpectationNotFoundError",
    "ExpectationResult",
    "ExpectationValidationResult",
    "GreatExpectationsError",
    "MetricArgument",
    "MetricDomain",
    "MetricDomainTypes",
    "MetricProvider",
    "MetricValues",
    "MulticolumnMapExpectation",
    "MulticolumnMapMetricProvider",
    "PandasBatchData",
    "PandasExecutionEngine",
    "PassThroughCondition",
    "TableRowCount",
    "Validator",
    "column_condition_partial",
    "deserialize_row_condition",
    "forget_batch_data",
    "forget_metrics",
    "make_validator",
    "metric_value",
    "multicolumn_condition_partial",
    "pandas_implementation",
    "pydantic",
    "registry",
    "render_validation_page",
]

# What Great Expectations passes to a metric and to an expectation, and what it gets from an expectation.
MetricArgument: TypeAlias = Any  # such as ``execution_engine`` or ``metric_domain_kwargs``
MetricDomain: TypeAlias = dict[str, Any]  # the columns and the row condition of a metric, by argument
MetricValues: TypeAlias = dict[str, Any]  # by the name of the metric
ExpectationResult: TypeAlias = dict[str, object]  # ``success`` and ``result``


def make_validator(engine: PandasExecutionEngine) -> Validator:
    """Return a validator on an engine, without progress bars and without a project folder."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return Validator(engine, data_context=context)


def forget_metrics(engine: PandasExecutionEngine) -> None:
    """Drop the metrics that an engine has computed, some of them as long as the table."""
    engine._metric_cache.clear()


def forget_batch_data(engine: PandasExecutionEngine) -> None:
    """Drop the data frame that an engine holds."""
    engine.batch_manager.batch_data_cache.clear()


def pandas_implementation(metric: type[MetricProvider]) -> Callable[..., Any]:
    """Return the function that computes a metric on pandas, without the decorators around it."""
    function: Callable[..., Any] = inspect.unwrap(metric._pandas)
    return function


def render_validation_page(
    results: Sequence[ExpectationValidationResult],
    suite_name: str,
    convert: Callable[[Mapping[str, object]], str],
) -> str:
    """Render the Data Docs page of validation results; the same results give the same text.

    Args:
        results: Great Expectations' results.
        suite_name: Name of the suite.
        convert: Turns the results, as a mapping, into the JSON text that the page is rendered from.
    """
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        expectationSuiteValidationResultSchema,
    )
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView
    from great_expectations.validator.validator import calc_validation_statistics

    statistics = calc_validation_statistics(list(results))
    validated = ExpectationSuiteValidationResult(
        success=statistics.success,
        results=list(results),
        suite_name=suite_name,
        statistics={
            "evaluated_expectations": statistics.evaluated_expectations,
            "successful_expectations": statistics.successful_expectations,
            "unsuccessful_expectations": statistics.unsuccessful_expectations,
            "success_percent": statistics.success_percent,
        },
        meta={"great_expectations_version": gx.__version__},
    )
    # Serialized and deserialized, as in its own stores: the page cannot show numpy's numbers.
    stored = expectationSuiteValidationResultSchema.loads(convert(validated.to_json_dict()))
    view, numbers = DefaultJinjaPageView(), count(1)
    # By default these filters add random ids to the page, and the time to the address of its logo.
    view.env.filters["generate_html_element_uuid"] = lambda prefix="": f"{prefix}{next(numbers)}"
    view.env.filters["add_data_context_id_to_url"] = lambda url, add_datetime=True: url
    page: str = view.render(ValidationResultsPageRenderer().render(stored))
    return page
