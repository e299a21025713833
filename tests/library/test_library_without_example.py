"""The library names nothing of the example: no data set, column, date or file name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "plugins" / "trimtab"
FILES = sorted(file for pattern in ("*.py", "*.j2") for file in LIBRARY.rglob(pattern))
WORDS = [
    r"flight",
    r"nycflights",
    r"2013",
    r"carrier",
    r"airport",
    r"airline",
    r"weather",
    r"departure",
    r"(?:dep|arr)_(?:delay|time)",
    r"late_minutes",
    r"(?:JFK|EWR|LGA)\b",
    r"origin(?= ?=|, carrier)",  # the column; `origin` is also a git remote and a part of an address
]
# A `context_carrier` is OpenTelemetry's.
EXAMPLE = re.compile(rf"(?<![a-z])(?<!context_)(?:{'|'.join(WORDS)})", re.IGNORECASE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(LIBRARY).as_posix())
def test_library_file_has_no_word_of_the_example(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert [f"{number}: {line}" for number, line in enumerate(lines, 1) if EXAMPLE.search(line)] == []


@pytest.mark.parametrize(
    "text", ["Flights", "flightMonth", "2013-04", "carrier=UA", "origin = JFK", "flight_month"]
)
def test_word_of_the_example_is_found(text: str) -> None:
    assert EXAMPLE.search(text)


@pytest.mark.parametrize(
    "text", ["git push origin main", "refs/remotes/origin/*", "original", "calculated late"]
)
def test_other_word_is_not_found(text: str) -> None:
    assert EXAMPLE.search(text) is None
