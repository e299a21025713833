"""Times as people read them, and states that cannot be changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.library.control_room.states import FIGURES, NOW
from trimtab.control_room.state import age, minutes


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=90), "1 minute ago"),
        (timedelta(minutes=119), "119 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=4000), "4,000 days ago"),
        (timedelta(hours=-1), "in the future"),
    ],
)
def test_age_has_the_largest_unit_of_which_there_are_two(before, told):
    assert age((NOW - before).isoformat(), NOW) == told


def test_time_without_a_zone_is_read_as_utc():
    assert age("2024-07-02T00:00:00", NOW) == "3 hours ago"
    assert minutes("2024-07-02T00:01:59") == "2024-07-02 00:01"


def test_state_cannot_be_changed():
    with pytest.raises(ValidationError):
        FIGURES.rows = 1
