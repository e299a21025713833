"""Prepare: features known before departure, a label only where a flight arrived."""

import numpy as np
import pandas as pd
import pytest

from pipelines.flights.features import FEATURES, LABEL, WEATHER
from pipelines.flights.prepare import PrepareParams, count, join_weather, prepare

PARAMS = PrepareParams(late_minutes=15)
KNOWN_LATER = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum"}


def test_no_feature_is_known_only_after_departure(prepared):
    assert list(prepared.columns) == [*FEATURES, LABEL]
    assert not KNOWN_LATER & set(FEATURES)


def test_features_do_not_change_with_what_happened_after_the_timetable(flights, weather, prepared):
    """Whatever the actual times are, features stay what they are: no derived column leaks either."""
    arrived = flights[flights["arr_delay"].notna()]
    other = arrived.assign(**dict.fromkeys(KNOWN_LATER - {"arr_delay"}, 1.0), arr_delay=500.0)
    pd.testing.assert_frame_equal(prepare(other, weather, PARAMS)[FEATURES], prepared[FEATURES])


def test_late_means_more_than_the_minutes_of_the_param(flights, weather):
    three = flights[flights["arr_delay"].notna()].head(3).assign(arr_delay=[15.0, 16.0, -5.0])
    assert prepare(three, weather, PARAMS)[LABEL].tolist() == [0, 1, 0]
    assert prepare(three, weather, PrepareParams(late_minutes=16))[LABEL].tolist() == [0, 0, 0]


def test_cancelled_and_diverted_flights_are_left_out_and_counted(flights, weather):
    cancelled, diverted = (
        flights["dep_time"].isna(),
        flights["arr_delay"].isna() & flights["dep_time"].notna(),
    )
    assert cancelled.sum() > 100
    assert diverted.sum() > 10

    table, counted = prepare(flights, weather, PARAMS), count(flights)

    assert counted["cancelled"] == cancelled.sum()
    assert counted["diverted"] == diverted.sum()
    assert counted["kept"] == len(table) == len(flights) - cancelled.sum() - diverted.sum()


def test_weather_is_that_of_the_origin_in_the_scheduled_hour(flights, weather):
    joined = join_weather(flights, weather)
    assert len(joined) == len(flights)
    assert joined["temp"].notna().mean() > 0.99
    row = joined[joined["temp"].notna()].iloc[2000]
    hour = weather[["year", "month", "day", "hour", "origin"]].eq(
        row[["year", "month", "day", "hour", "origin"]]
    )
    assert weather[hour.all(axis=1)]["temp"].tolist() == [row["temp"]]


def test_a_flight_without_an_observation_is_kept(flights, weather):
    few = flights[flights["arr_delay"].notna()].head(10)
    table = prepare(few, weather.head(0).astype(weather.dtypes), PARAMS)
    assert len(table) == 10
    assert table[WEATHER].isna().all(axis=None)


def test_a_wind_that_cannot_be_is_no_wind(flights, weather):
    joined = join_weather(flights, weather.assign(wind_speed=1048.0))
    assert joined["wind_speed"].isna().all()


def test_a_weather_that_is_there_twice_never_doubles_flights(flights, weather):
    with pytest.raises(pd.errors.MergeError):
        join_weather(flights, pd.concat([weather, weather]))


def test_every_number_is_a_float_so_that_a_missing_one_fits_the_models_signature(prepared):
    numbers = [column for column in FEATURES if column not in ("carrier", "origin", "dest")]
    assert (prepared[numbers].dtypes == np.float64).all()
    assert set(prepared["weekday"].unique()) <= set(range(7))
