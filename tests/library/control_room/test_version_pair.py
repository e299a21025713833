"""Two versions side by side; tests/library/cli/test_status.py reads real ones."""

from __future__ import annotations

import pytest

from tests.library.control_room.states import entry
from trimtab.control_room.version_pair import PairRow, _gates, describe_gain
from trimtab.registry.tracking import Version

GAIN = {"gain": 0.0468, "low": 0.0435, "high": 0.0505}


def test_gain_is_told_with_its_interval():
    told = describe_gain(entry(2, 2, 1, comparison={"gain": GAIN}))
    assert told == "gain +0.0468, interval +0.0435 to +0.0505"


@pytest.mark.parametrize(
    "comparison", [{}, {"gain": {}}, {"gain": 3}, {"gain": {**GAIN, "low": "x"}}], ids=str
)
def test_entry_without_a_whole_gain_tells_none(comparison):
    assert describe_gain(entry(2, 2, 1, comparison=comparison)) == ""


def test_row_differs_if_its_texts_do():
    rows = [PairRow(group="figures", name="rows", left="1", right=right) for right in ("1", "2", "")]
    assert [row.differs for row in rows] == [False, True, True]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"trimtab.gates": '{"raw": "pass", "model": "warn"}'}, {"raw": "pass", "model": "warn"}),
        ({"trimtab.gate.raw": "pass"}, {"raw": "pass"}),
        ({"trimtab.gates": "[3]"}, {}),
        ({"trimtab.gates": "{cut", "trimtab.gate.raw": "pass"}, {"raw": "pass"}),
        ({}, {}),
    ],
    ids=["one tag", "a tag per gate, of an earlier release", "no object", "no JSON", "none"],
)
def test_verdicts_of_gates_are_read_from_the_tags_of_this_and_earlier_releases(tags, expected):
    assert _gates(Version("rides", 1, "run", False, "key", {}, tags)) == expected
