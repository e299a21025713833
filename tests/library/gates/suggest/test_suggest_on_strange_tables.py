"""A suite drafted from one half of a table passes on the other half, and fails on corruptions of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.library.gates.strange_tables import HELD_OUT, TEN, corruptions, load, random_halves
from trimtab.gates import check_data
from trimtab.gates.suggest import suggest

DRAWN = 15  # corruptions of each table
STOPPED = 0.9  # of them, over all tables
SMALL = ("vega/stocks", "carData/Salaries")
SEEDS = (1, 2, 3)  # of further halves, without corruptions


class Table:
    """The other half of a table, and the suite drafted from the first half."""

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        self.name, self.folder = name, folder
        first, self.other = random_halves(load(name), seed)
        first.to_parquet(folder / "first.parquet", index=False)
        (folder / "suite.yaml").write_text(suggest(folder / "first.parquet"))

    def is_clean(self) -> bool:
        return self._passes(self.other)

    def missed(self, drawn: int) -> list[str]:
        """Return the random corruptions on which the suite passes."""
        corrupted = [*corruptions(self.other)]
        chosen = np.random.default_rng(3).permutation(len(corrupted))[:drawn]
        return [f"{self.name}: {corrupted[at][0]}" for at in chosen if self._passes(corrupted[at][1])]

    def _passes(self, table) -> bool:
        return check_data(suite=self.folder / "suite.yaml", data=table, out=self.folder / "out").passed


@pytest.mark.parametrize("name", SMALL)
def test_drafted_suite_passes_on_the_other_half_and_fails_on_corruptions_of_a_small_table(name, tmp_path):
    table = Table(name, 0, tmp_path)

    assert table.is_clean()
    assert table.missed(3) == []


@pytest.mark.slow
def test_drafted_suites_of_ten_tables_fail_on_nine_of_ten_corruptions(tmp_path):
    missed = []
    for name in TEN:
        folder = tmp_path / name.replace("/", "_")
        folder.mkdir()
        missed += Table(name, 0, folder).missed(DRAWN)

    assert len(missed) <= (1 - STOPPED) * DRAWN * len(TEN), missed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *SEEDS])
@pytest.mark.parametrize("name", TEN)
def test_drafted_suite_passes_on_the_other_half_of_its_table(name, seed, tmp_path):
    assert Table(name, seed, tmp_path).is_clean()


@pytest.mark.slow
@pytest.mark.parametrize("name", HELD_OUT)
def test_drafted_suite_passes_on_the_other_half_of_a_held_out_table(name, tmp_path):
    assert Table(name, 0, tmp_path).is_clean()


def test_held_out_tables_are_none_of_the_ten_tables():
    assert not set(TEN) & set(HELD_OUT)
