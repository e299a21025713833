"""Split: by time, never random."""

import pandas as pd
import pytest

from pipelines.flights.split import SplitParams, split
from trimtab.errors import ConfigError


def months(*names: str) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame({"month": [name] * 3}) for name in names}


@pytest.mark.parametrize("held_out", [1, 2, 3])
def test_every_month_held_out_is_later_than_every_month_learned_from(held_out):
    shuffled = months("2013-12", "2014-01", "2013-09", "2013-11", "2013-10")
    train, test = split(shuffled, SplitParams(test_months=held_out))
    assert test["month"].nunique() == held_out
    assert max(train["month"]) < min(test["month"])
    assert len(train) + len(test) == 15


def test_no_month_to_learn_from_is_refused():
    with pytest.raises(ConfigError, match=r"Of 1 month\(s\), 1 are to be held out[\s\S]*split.test_months"):
        split(months("2013-01"), SplitParams(test_months=1))
