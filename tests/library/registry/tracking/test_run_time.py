"""When a run ended."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trimtab.registry.tracking.run_time import run_ended


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (1371254400123, "2013-06-15T00:00:00+00:00"),
        (None, "1970-01-01T00:00:00+00:00"),
        (2**62, "1970-01-01T00:00:00+00:00"),
        (-(2**62), "1970-01-01T00:00:00+00:00"),
    ],
)
def test_time_is_iso_8601_and_one_that_cannot_be_is_long_ago(milliseconds, shown):
    assert run_ended(SimpleNamespace(info=SimpleNamespace(end_time=milliseconds))) == shown
