"""Columns have the type that their values have, whatever type the file has them in."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from trimtab.scaffold.plain_types import with_plain_types


@pytest.mark.parametrize(
    ("values", "plain"),
    [
        (pd.Categorical(["a", "b", None], categories=["a", "b", "never"]), "str"),
        (pd.Categorical([1, 2, 2]), "int64"),
        ([Decimal("1.5"), Decimal("2"), None], "float64"),
        (pd.Series([True, False, None], dtype="object"), "boolean"),
        ([1, 2, 3], "int64"),
        (["a", "b", None], "str"),
        (pd.Series([["a"], ["b"], None]), "object"),
    ],
)
def test_column_has_the_type_of_its_values(values, plain):
    column = with_plain_types(pd.DataFrame({"it": values}))["it"]
    assert column.dtype == plain
    assert column.isna().tolist() == pd.Series(values).isna().tolist()
