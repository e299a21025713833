"""The bounds of a schedule can be read from the text that shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trimtab.schedule_bounds import read_bounds, write_bounds

DAY, HOUR = datetime(2024, 4, 6, tzinfo=UTC), datetime(2024, 5, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize("bounds", [(DAY, HOUR), (HOUR, None), (None, DAY), (None, None)])
@pytest.mark.parametrize(
    "description", ["At 00:00", "Triggered by assets or At 00:00, on day 1, from Monday"]
)
def test_bounds_are_read_as_they_were_written(bounds, description):
    assert read_bounds(f"{description}{write_bounds(*bounds)}") == bounds


def test_bounds_are_shown_in_utc_and_without_a_time_that_says_nothing():
    eastern = timezone(timedelta(hours=-4))
    assert write_bounds(datetime(2024, 4, 5, 20, tzinfo=eastern), datetime(2024, 5, 1, 6)) == (
        ", from 2024-04-06 until 2024-05-01T06:00"
    )
