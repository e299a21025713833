"""Time and memory of scoring a table, in a process of its own: others of this one would count too."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import json, sys, time
import numpy as np, pandas as pd
from trimtab.learning import measure_scoring

rows = pd.DataFrame({"a": np.arange(1000.0)})
np.ones(30_000_000)  # what loading needed, and freed: 240 MB
held = []

def predict(table):
    held.append(np.ones(10_000 * len(table), dtype=np.int8))  # 10 kB a row
    time.sleep(0.02)

predict(rows[:1])
print(json.dumps([(cost.rows, cost.seconds, cost.megabytes)
                  for cost in (measure_scoring(predict, rows, times) for times in (1, 10))]))
"""


@pytest.fixture(scope="module")
def costs() -> list[Any]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_table_is_scored_once_as_it_is_and_once_repeated(costs):
    assert [rows for rows, _, _ in costs] == [1000, 10_000]
    assert all(0.02 <= seconds < 5 for _, seconds, _ in costs)


def test_memory_is_that_of_scoring_alone_even_if_loading_needed_more(costs):
    (_, _, once), (_, _, tenfold) = costs
    assert once == pytest.approx(10, rel=0.1)
    assert tenfold == pytest.approx(100, rel=0.1)
