"""The months of the main job."""

from datetime import date

from trimtab.local.loop import months_after


def test_months_follow_each_other_over_the_end_of_the_year():
    assert list(months_after(date(2013, 11, 1), date(2014, 1, 1))) == [date(2013, 12, 1), date(2014, 1, 1)]


def test_no_month_comes_after_the_last():
    assert list(months_after(date(2014, 1, 1), date(2014, 1, 1))) == []
