"""A suite drafted from one half of a table passes the other half, and stops ordinary corruptions of it."""

from __future__ import annotations

import numpy as np
import pytest
from strange_tables import HELD_OUT, TEN, corruptions, load, random_halves

from trimtab.gates import check_data
from trimtab.gates.suggest import suggest

DRAWN = 15  # corruptions of each table
STOPPED = 0.8  # of them, of any one table
FAST = "vega/stocks"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == FAST else pytest.mark.slow) for name in TEN]
)
def test_drafted_suite_passes_the_other_half_and_stops_its_corruptions(name, tmp_path):
    first, other = random_halves(load(name), seed=0)
    first.to_parquet(tmp_path / "first.parquet", index=False)
    (tmp_path / "suite.yaml").write_text(suggest(tmp_path / "first.parquet"))

    def passes(table):
        return check_data(suite=tmp_path / "suite.yaml", data=table, out=tmp_path / "out").passed

    assert passes(other)
    spoilt = [*corruptions(other)]
    drawn = np.random.default_rng(3).permutation(len(spoilt))[:DRAWN]
    missed = [spoilt[at][0] for at in drawn if passes(spoilt[at][1])]
    assert len(missed) <= (1 - STOPPED) * len(drawn), missed


def test_tables_held_out_are_others():
    assert not set(TEN) & set(HELD_OUT)
