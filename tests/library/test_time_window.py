"""Windows of time: begin, end and frequency from the name."""

from __future__ import annotations

from datetime import datetime

import pytest

from trimtab.errors import DriftError
from trimtab.time_window import Window, moment, parse_windows, window_boundaries, windows_in_folder


@pytest.mark.parametrize(
    ("name", "frequency", "begin", "end"),
    [
        ("2013", "year", "2013-01-01", "2014-01-01"),
        ("2012", "year", "2012-01-01", "2013-01-01"),
        ("2013-Q1", "quarter", "2013-01-01", "2013-04-01"),
        ("2013-Q2", "quarter", "2013-04-01", "2013-07-01"),
        ("2013-Q3", "quarter", "2013-07-01", "2013-10-01"),
        ("2013-Q4", "quarter", "2013-10-01", "2014-01-01"),
        ("2013-04", "month", "2013-04-01", "2013-05-01"),
        ("2013-12", "month", "2013-12-01", "2014-01-01"),
        ("2012-02", "month", "2012-02-01", "2012-03-01"),
        ("2013-W01", "week", "2012-12-31", "2013-01-07"),
        ("2020-W53", "week", "2020-12-28", "2021-01-04"),
        ("2012-02-29", "day", "2012-02-29", "2012-03-01"),
        ("2013-12-31T23", "hour", "2013-12-31T23", "2014-01-01T00"),
    ],
)
def test_window_begin_and_end_are_parsed_from_the_name(name, frequency, begin, end):
    window = Window.parse(name, where="here")

    assert (window.name, window.frequency) == (name, frequency)
    assert (window.begin, window.end) == (datetime.fromisoformat(begin), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "201",
        "0000",
        "2013-4",
        "2013-13",
        "2013-W54",
        "2013-Q5",
        "2013-02-30",
        "2013-04-05T24",
        "2013-04x",
        "٢٠١٣-04",
    ],
)
def test_name_that_is_not_a_window_is_refused(name):
    with pytest.raises(DriftError, match="The name is not that of a window"):
        Window.parse(name, where="here")


def test_window_is_complete_once_it_has_ended():
    window = Window.parse("2013-06", where="here")

    assert [window.is_complete(moment(day)) for day in ("2013-06-15", "2013-06-30T23:59", "2013-07-01")] == [
        False,
        False,
        True,
    ]


def test_windows_sort_by_begin():
    assert [window.name for window in parse_windows(["2013-W10", "2013-W09", "2012-W52"], where="here")] == [
        "2012-W52",
        "2013-W09",
        "2013-W10",
    ]


def test_windows_of_two_frequencies_are_refused():
    with pytest.raises(DriftError, match=r"several frequencies: 2013-04 \(month\), 2013-04-05 \(day\)"):
        parse_windows(["2013-04", "2013-04-05"], where="here")


def test_folder_without_windows_is_refused(tmp_path):
    with pytest.raises(DriftError, match="no window"):
        windows_in_folder(tmp_path)


def test_moment_with_a_time_zone_is_converted_to_utc():
    assert moment("2013-06-01T02:00:00+02:00") == datetime(2013, 6, 1)


@pytest.mark.parametrize(
    ("frequency", "first", "last", "boundaries"),
    [
        ("month", "2013-11-05", "2014-01-01", ["2013-11-01", "2013-12-01", "2014-01-01"]),
        (
            "quarter",
            "2012-03-31",
            "2013-01-01",
            ["2012-01-01", "2012-04-01", "2012-07-01", "2012-10-01", "2013-01-01"],
        ),
        ("week", "2013-01-02", "2013-01-15", ["2012-12-31", "2013-01-07", "2013-01-14"]),
        ("day", "2012-02-28T12", "2012-03-01", ["2012-02-28", "2012-02-29", "2012-03-01"]),
        ("hour", "2013-12-31T22:30", "2014-01-01", ["2013-12-31T22", "2013-12-31T23", "2014-01-01"]),
    ],
)
def test_window_boundaries_go_from_the_first_window_to_the_last_time(frequency, first, last, boundaries):
    found = window_boundaries(moment(first), moment(last), frequency)
    assert found == [moment(boundary) for boundary in boundaries]
