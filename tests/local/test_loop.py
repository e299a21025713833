"""The logical dates of the main job."""

from datetime import date

from trimtab.local.loop import months_after


def test_months_after_continue_over_the_end_of_the_year() -> None:
    assert list(months_after(date(2013, 11, 1), date(2014, 1, 1))) == [date(2013, 12, 1), date(2014, 1, 1)]


def test_months_after_the_last_month_are_empty() -> None:
    assert list(months_after(date(2014, 1, 1), date(2014, 1, 1))) == []
