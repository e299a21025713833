"""Expectations on relations between columns: their association, and the steps of a column along an order."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd

from trimtab.gates.data.gx_compat import (
    BatchExpectation,
    ExpectationResult,
    MetricArgument,
    MetricDomainTypes,
    MetricProvider,
    MetricValues,
    PandasExecutionEngine,
    metric_value,
    pydantic,
)
from trimtab.gates.rank_association import association, steps


class ColumnPairAssociation(MetricProvider):
    """The association of two columns."""

    metric_name = "column_pair.association"
    domain_keys = ("batch_id", "table", "column_A", "column_B", "row_condition", "condition_parser")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, **given: MetricArgument) -> float:
        domain = given["metric_domain_kwargs"]
        records: pd.DataFrame = given["execution_engine"].get_domain_records(domain)
        return association(records[domain["column_A"]], records[domain["column_B"]])


class ExpectColumnPairAssociationToBeBetween(BatchExpectation):
    """Expect the association of two columns in a range: it detects shuffled, swapped and misaligned columns.

    Args:
        column_A: A column.
        column_B: Another one.
        min_value: Minimum of the association. It is Spearman's rank correlation (-1 to 1) for two columns of
            numbers or times. It is the correlation ratio of the ranks (0 to 1) if one column is categorical,
            and Cramér's V (0 to 1) if both are.
        max_value: Maximum of the association.
    """

    column_A: str  # noqa: N815 (Great Expectations' name)
    column_B: str  # noqa: N815
    min_value: float = pydantic.Field(default=-1, ge=-1, le=1)
    max_value: float = pydantic.Field(default=1, ge=-1, le=1)
    row_condition: object = None
    condition_parser: object = None

    domain_keys: ClassVar[tuple[str, ...]] = ColumnPairAssociation.domain_keys
    domain_type: ClassVar[MetricDomainTypes] = MetricDomainTypes.COLUMN_PAIR
    metric_dependencies: ClassVar[tuple[str, ...]] = ("column_pair.association",)
    success_keys: ClassVar[tuple[str, ...]] = ("min_value", "max_value")

    def _validate(self, metrics: MetricValues, *args: object, **kwargs: object) -> ExpectationResult:
        found = metrics["column_pair.association"]
        return {
            "success": bool(
                self.min_value <= found <= self.max_value
            ),  # NaN, an undefined association, fails
            "result": {"observed_value": None if np.isnan(found) else round(found, 4)},
        }


class ColumnSteps(MetricProvider):
    """The steps of a column from row to row."""

    metric_name = "multicolumn.steps"
    domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser")
    value_keys = ("group",)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, **given: MetricArgument) -> float:
        domain, group = given["metric_domain_kwargs"], given["metric_value_kwargs"].get("group")
        records: pd.DataFrame = given["execution_engine"].get_domain_records(domain)
        *order, value = domain["column_list"]
        return steps(records, value, [name for name in order if name != group], group)


class ExpectColumnStepsToBeSmall(BatchExpectation):
    """Expect small steps of a column between neighbouring rows in an order, as of a measurement along time.

    Args:
        column_list: The columns that order the rows, and as the last one the column whose steps are measured.
        group: One of the ordering columns, such as a station. Steps are measured within each of its values.
        max_value: Maximum of von Neumann's ratio of the ranks: about 2 for a random order, near 0 for a
            continuous column.
    """

    column_list: list[str] = pydantic.Field(min_items=2)
    group: str | None = None
    max_value: float = pydantic.Field(gt=0)
    row_condition: object = None
    condition_parser: object = None

    domain_keys: ClassVar[tuple[str, ...]] = ColumnSteps.domain_keys
    domain_type: ClassVar[MetricDomainTypes] = MetricDomainTypes.MULTICOLUMN
    metric_dependencies: ClassVar[tuple[str, ...]] = ("multicolumn.steps",)
    success_keys: ClassVar[tuple[str, ...]] = ("group", "max_value")

    @pydantic.root_validator(skip_on_failure=True)
    def _groups_by_one_of_them(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["group"] is not None and values["group"] not in values["column_list"][:-1]:
            raise ValueError("group must be one of column_list, and not the last")
        return values

    def _validate(self, metrics: MetricValues, *args: object, **kwargs: object) -> ExpectationResult:
        found = metrics["multicolumn.steps"]
        return {
            "success": bool(found <= self.max_value),
            "result": {"observed_value": None if np.isnan(found) else round(found, 5)},
        }
