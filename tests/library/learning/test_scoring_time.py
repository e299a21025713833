"""The scoring time of a model."""

from __future__ import annotations

import pandas as pd
import pytest

from trimtab.learning import scoring_seconds


@pytest.mark.parametrize("rows", [3, 1000, 2500])
def test_scoring_time_is_that_of_a_thousand_rows_whatever_the_table(rows):
    scored: list[int] = []

    seconds = scoring_seconds(lambda table: scored.append(len(table)), pd.DataFrame({"a": range(rows)}))

    assert scored == [1000] * 5
    assert 0 < seconds < 1
