"""The time is read in any usual format, and its rhythm gives enough complete windows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.errors import ConfigError
from trimtab.scaffold.time_column import describe_time, find_time_columns, read_times

TIMES = pd.Series(pd.date_range("2022-01-15 08:00", "2023-06-20", freq="5h"))


def described(times, every=None):
    frame = pd.DataFrame({"at": times})
    return describe_time(frame, None, find_time_columns(frame), every)


@pytest.mark.parametrize(
    "format_",
    [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%d/%m/%Y %H:%M",
        "%m/%d/%Y %H:%M",
        "%d.%m.%Y %H:%M",
        "%Y/%m/%d %H:%M",
    ],
)
def test_texts_of_times_are_read_in_their_format(format_):
    texts = TIMES.dt.strftime(format_)
    time = described(texts)
    read = read_times(texts, time.format)
    assert read.dt.tz is None
    assert (read == TIMES.dt.floor("min")).all()


def test_times_with_a_zone_are_converted_to_utc():
    zoned = TIMES.dt.tz_localize("America/New_York", ambiguous="NaT", nonexistent="NaT")
    time = described(zoned)
    assert time.has_zone
    assert read_times(zoned, time.format).iloc[0] == pd.Timestamp("2022-01-15 13:00")


@pytest.mark.parametrize(
    ("times", "every"),
    [
        (pd.date_range("1980-01-01", "2010-01-01", freq="D"), "year"),
        (pd.date_range("2020-01-01", "2024-01-01", freq="D"), "quarter"),
        (pd.date_range("2022-01-01", "2024-01-01", freq="5h"), "month"),
        (pd.date_range("2022-01-01", "2022-06-01", freq="h"), "week"),
        (pd.date_range("2022-01-01", "2022-01-20", freq="20min"), "day"),
        (pd.date_range("2022-01-01", "2022-01-02", freq="min"), "hour"),
    ],
)
def test_rhythm_is_the_coarsest_with_enough_windows(times, every):
    time = described(pd.Series(times))
    assert time.every == every
    assert len(time.rows) >= 12
    assert len(time.boundaries) == len(time.rows) + 1


def test_windows_that_are_not_complete_do_not_count():
    time = described(TIMES, "month")
    assert time.boundaries[0] == pd.Timestamp("2022-02-01")
    assert time.boundaries[-1] == pd.Timestamp("2023-06-01")


@pytest.mark.parametrize("times", [TIMES.head(20), pd.concat([TIMES.head(10), TIMES.tail(10)])])
def test_rhythm_without_enough_windows_is_refused(times):
    with pytest.raises(ConfigError, match=r"too few complete windows[\s\S]*--no-time"):
        described(times)


def test_numbers_and_plain_texts_are_no_times():
    frame = pd.DataFrame({"number": np.arange(200), "year": 2000, "text": "a 1", "code": "12-34"})
    assert find_time_columns(frame) == []


def test_years_are_a_time_only_if_they_are_named():
    frame = pd.DataFrame({"year": np.repeat(np.arange(1990, 2010), 40)})
    assert find_time_columns(frame) == []
    assert describe_time(frame, "year", [], None).every == "year"


def test_dates_as_numbers_are_a_time_only_if_they_are_named():
    frame = pd.DataFrame({"day": TIMES.dt.strftime("%Y%m%d").astype("int64")})
    assert find_time_columns(frame) == []
    assert describe_time(frame, "day", [], None).format == "%Y%m%d"


@pytest.mark.parametrize(
    "text", ["2023-03-26T01:30:00+01:00", "2022-10-30 01:30:00.5+02", "2022-10-30 01:30Z"]
)
def test_texts_of_several_time_zones_are_converted_to_utc(text):
    texts = pd.concat([TIMES.dt.tz_localize("UTC").map(lambda time: time.isoformat()), pd.Series([text])])
    assert described(texts).has_zone
    assert read_times(texts, "ISO8601").iloc[-1] == pd.Timestamp(text).tz_convert(None)


def test_texts_of_which_only_some_have_a_time_zone_are_no_times():
    texts = TIMES.map(lambda time: time.isoformat())
    assert find_time_columns(pd.DataFrame({"at": texts.where(texts.index % 2 == 0, texts + "Z")})) == []


@pytest.mark.parametrize("values", [pd.Series([None] * 200), pd.Series([pd.NaT] * 200)])
def test_time_column_without_a_time_is_refused(values):
    with pytest.raises(ConfigError, match="no times of one format: all are missing"):
        describe_time(pd.DataFrame({"at": values}), "at", [], None)


def test_column_that_holds_no_times_is_refused():
    with pytest.raises(ConfigError, match=r"no times of one format: a\n"):
        describe_time(pd.DataFrame({"at": ["a"] * 200}), "at", [], None)
