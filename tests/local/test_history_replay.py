from datetime import date

import pytest

from trimtab.errors import DriftError
from trimtab.local.history_replay import _newest, months
from trimtab.time_window import Window


def test_dates_are_the_firsts_of_the_months():
    assert months(date(2013, 11, 5), date(2014, 1, 1)) == [
        date(2013, 11, 1),
        date(2013, 12, 1),
        date(2014, 1, 1),
    ]


@pytest.fixture
def folder(tmp_path):
    for month in ("2013-03", "2013-04", "2013-05"):
        (tmp_path / f"{month}.parquet").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("day", "before", "newest"),
    [
        (date(2013, 6, 1), None, "2013-05"),
        (date(2013, 6, 1), "2013-04", "2013-05"),
        (date(2013, 7, 1), "2013-05", "2013-05"),  # the world has not moved
    ],
)
def test_the_newest_window_of_a_date_is_the_last_complete_one(folder, day, before, newest):
    assert _newest(folder, day, before and Window.parse(before, where="here")).name == newest


def test_a_date_within_a_window_is_refused(folder):
    with pytest.raises(DriftError, match="2013-05 is not complete on 2013-05-15"):
        _newest(folder, date(2013, 5, 15), None)


def test_windows_that_no_date_judges_are_refused(folder):
    with pytest.raises(DriftError, match="2 windows have come since the date before 2013-06-01"):
        _newest(folder, date(2013, 6, 1), Window.parse("2013-03", where="here"))
