"""Yours to edit. Expectations only these data have; a suite names this module under `modules`.

The classes register themselves with Great Expectations: `ExpectAbc` is `expect_abc` in a suite.
"""

from typing import ClassVar

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    MulticolumnMapMetricProvider,
    multicolumn_condition_partial,
)

DOMAIN = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")


class TimeHourIsLocalHour(MulticolumnMapMetricProvider):
    condition_metric_name = "flights.time_hour_is_local_hour"
    condition_domain_keys = DOMAIN

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **kwargs) -> pd.Series:
        utc = pd.to_datetime(column_list["time_hour"], utc=True, errors="coerce", format="ISO8601")
        local = utc.dt.tz_convert("America/New_York").dt
        same = [getattr(local, part) == column_list[part] for part in ("year", "month", "day", "hour")]
        return pd.concat(same, axis=1).all(axis=1)


class ExpectTimeHourToBeLocalHour(MulticolumnMapExpectation):
    """Expect time_hour, UTC, to be the hour that year, month, day and hour say on New York's clock.

    Its column_list is these five.
    """

    map_metric: ClassVar[str] = "flights.time_hour_is_local_hour"


class RouteHasOneDistance(MulticolumnMapMetricProvider):
    condition_metric_name = "flights.route_has_one_distance"
    condition_domain_keys = DOMAIN
    condition_value_keys = ("miles",)

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, miles: float, **kwargs) -> pd.Series:
        usual = column_list.groupby(["origin", "dest"])["distance"].transform("median")
        return (column_list["distance"] - usual).abs() <= miles


class ExpectRouteToHaveOneDistance(MulticolumnMapExpectation):
    """Expect every flight between two airports to be as far as the others, give or take some miles.

    Its column_list is origin, dest and distance.
    """

    miles: float = 5
    map_metric: ClassVar[str] = "flights.route_has_one_distance"
    success_keys: ClassVar[tuple[str, ...]] = ("miles", "mostly")
