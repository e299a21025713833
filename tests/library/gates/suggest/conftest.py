"""Good data that suites are drafted from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.suggest.draft import Draft
from trimtab.gates.suggest.reference import Reference
from trimtab.tables import inspect_table, open_table


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def reference(tmp_path) -> Callable[..., Reference]:
    """Write tables as the files of a folder, and return them as good data.

    A table without a name is a table by itself; several, or one named after a period, are a series.
    """

    def make(table: pd.DataFrame | None = None, **files: pd.DataFrame) -> Reference:
        folder = tmp_path / "good"
        folder.mkdir()
        for name, content in ({"table": table} if table is not None else files).items():
            content.to_parquet(folder / f"{name.removeprefix('of_').replace('_', '-')}.parquet", index=False)
        return Reference(inspect_table(open_table(folder)))

    return make


def by_type(drafts) -> dict[str, Draft]:
    """Return drafts by the type of their expectation, without its first word."""
    return {draft.type.removeprefix("expect_"): draft for draft in drafts}
