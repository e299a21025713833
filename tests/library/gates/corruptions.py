"""What goes wrong with deliveries: each kind spoils the newest of some good months.

A kind whose ``no_error`` says why is no error of the data: it must not stop the pipeline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

Frame = pd.DataFrame
Change = Callable[[Frame], Frame]


@dataclass(frozen=True)
class Kind:
    """A way to spoil a month.

    Attributes:
        name: What happened, in words.
        table: Which table is delivered spoilt: the raw flights, or the features.
        change: What becomes of the newest month.
        on_disk: What becomes of its file, after ``change``; its folder holds the earlier months.
        no_error: Why it is no error of the data, if so.
    """

    name: str
    change: Change = lambda month: month
    table: str = "raw"
    on_disk: Callable[[Path], object] = lambda file: None
    no_error: str = ""

    def __str__(self) -> str:
        return f"{self.table}: {self.name}"


def assign(**columns: Callable[[Frame], object]) -> Change:
    return lambda month: month.assign(**columns)


def some(share: float, column: str, value: object) -> Change:
    """Overwrite a share of a column: a value, or what a function makes of the values it had."""

    def change(month: Frame) -> Frame:
        hit = np.random.default_rng(1).random(len(month)) < share
        new = month[column].map(value) if callable(value) else pd.Series(value, index=month.index)
        return month.assign(**{column: new.where(hit, month[column])})

    return change


def swap(one: str, other: str) -> Change:
    return lambda month: month.rename(columns={one: other, other: one})[list(month.columns)]


def shift(column: str, **by: int) -> Change:
    def change(month: Frame) -> Frame:
        moved = pd.to_datetime(month[column]) + pd.DateOffset(**by)
        return month.assign(**{column: moved.dt.strftime("%Y-%m-%dT%H:%M:%SZ")})

    return change


def without(lost: Callable[[Frame], pd.Series]) -> Change:
    return lambda month: month[~lost(month)].reset_index(drop=True)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def shuffled(column: str) -> Change:
    return lambda month: month.assign(
        **{column: np.random.default_rng(2).permutation(month[column].to_numpy())}
    )


def misread_dates(month: Frame) -> Frame:
    """Day and month exchanged where both can be a month."""
    both = month["day"] <= 12
    time = pd.to_datetime(month["time_hour"])
    other = pd.to_datetime(
        {
            "year": time.dt.year,
            "month": time.dt.day.clip(upper=12),
            "day": time.dt.month,
            "hour": time.dt.hour,
        }
    ).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return month.assign(
        time_hour=other.where(both, month["time_hour"]),
        day=month["month"].where(both, month["day"]),
        month=month["day"].where(both, month["month"]),
    )


def next_year(month: Frame) -> Frame:
    return shift("time_hour", years=18)(month).assign(year=month["year"] + 18)


SCHEMA = [
    Kind("a column dropped", lambda m: m.drop(columns="dest")),
    Kind("a column renamed", lambda m: m.rename(columns={"arr_delay": "delay"})),
    Kind("columns reordered", lambda m: m[sorted(m.columns)], no_error="they are read by name"),
    Kind("a number retyped as text", assign(distance=lambda m: m["distance"].astype(str))),
    Kind("a whole number retyped as a fraction", assign(flight=lambda m: m["flight"].astype(float))),
    Kind("a text retyped as a time", assign(time_hour=lambda m: pd.to_datetime(m["time_hour"]))),
    Kind("a column more", assign(gate=1)),
]
NULLS = [
    Kind("a month without outcomes", assign(dep_time=np.nan, arr_time=np.nan, arr_delay=np.nan)),
    Kind("half of a column null", some(0.5, "dest", None)),
    Kind("one in a hundred null", some(0.01, "carrier", None)),
    Kind("a column null", assign(tailnum=None)),
    Kind("999 for missing", assign(arr_delay=lambda m: m["arr_delay"].fillna(999))),
    Kind("-1 for missing", assign(air_time=lambda m: m["air_time"].fillna(-1))),
    Kind("the word NULL for missing", some(0.01, "dest", "NULL")),
]
UNITS = [
    Kind("delays in seconds", assign(arr_delay=lambda m: m["arr_delay"] * 60)),
    Kind("delays in hours", assign(arr_delay=lambda m: m["arr_delay"] / 60)),
    Kind("delays with the other sign", assign(arr_delay=lambda m: -m["arr_delay"])),
    Kind("distances in kilometres", assign(distance=lambda m: (m["distance"] * 1.609).astype("int64"))),
    Kind("negative distances", some(0.01, "distance", lambda miles: -miles)),
    Kind("air time in hours", assign(air_time=lambda m: m["air_time"] / 60)),
]
TIME = [
    Kind("UTC delivered as local time", shift("time_hour", hours=-5)),
    Kind("the clock five hours on", assign(hour=lambda m: (m["hour"] + 5) % 24)),
    Kind("a day doubled", lambda m: pd.concat([m, m[m["day"] == 7]], ignore_index=True)),
    Kind("a month doubled", lambda m: pd.concat([m, m], ignore_index=True)),
    Kind("a day missing", without(lambda m: m["day"] == 15)),
    Kind("the last day missing", without(lambda m: m["day"] == m["day"].max())),
    Kind("a month missing", on_disk=lambda file: file.with_name("2013-02.parquet").unlink()),
    Kind("the newest month missing", on_disk=lambda file: file.unlink()),
    Kind(
        "the month before delivered again",
        lambda m: m,
        on_disk=lambda file: file.write_bytes(file.with_name("2013-02.parquet").read_bytes()),
    ),
    Kind("dates in the future", next_year),
    Kind("day and month exchanged", misread_dates),
    Kind("a thirteenth month", some(0.01, "month", 13)),
    Kind("25 o'clock", some(0.01, "sched_dep_time", 2530)),
]
FILES = [
    Kind("a truncated file", on_disk=truncate),
    Kind("an empty file", on_disk=lambda file: file.write_bytes(b"")),
    Kind("a table without rows", lambda m: m.head(0)),
    Kind(
        "a CSV named Parquet", on_disk=lambda file: file.write_text(pd.read_parquet(file).head(99).to_csv())
    ),
    Kind(
        "nine in ten rows lost", without(lambda m: pd.Series(np.random.default_rng(3).random(len(m)) < 0.9))
    ),
    Kind(
        "half the rows lost",
        without(lambda m: pd.Series(np.random.default_rng(3).random(len(m)) < 0.5)),
        no_error="a run in the middle of a month sees as few; it is a warning",
    ),
]
EXCHANGED = [
    Kind("origin and destination exchanged", swap("origin", "dest")),
    Kind("departure and arrival exchanged", swap("dep_time", "arr_time")),
    Kind("the two delays exchanged", swap("dep_delay", "arr_delay")),
    Kind("hour and minute exchanged", swap("hour", "minute")),
    Kind("destinations shuffled", shuffled("dest")),
    Kind("delays shuffled", shuffled("arr_delay")),
]
CODES = [
    Kind(
        "an airline unheard of", some(0.01, "carrier", "ZZ"), no_error="airlines are founded; it is a warning"
    ),
    Kind("an airport without weather", some(0.01, "origin", "PHL")),
    Kind("a blank after the code", some(0.01, "carrier", lambda code: f"{code} ")),
    Kind("lower case", some(0.01, "dest", str.lower)),
    Kind("an umlaut in the code", some(0.01, "carrier", "ÜA")),
    Kind("a Cyrillic letter that looks Latin", some(0.01, "dest", lambda code: code.replace("O", "О"))),
    Kind("UTF-8 read as Latin-1", some(0.01, "dest", "Ã…L")),
    Kind("a zero-width space", some(0.01, "dest", lambda code: f"{code}\u200b")),
]
VALUES = [
    Kind("a constant airline", assign(carrier="UA")),
    Kind("a constant destination", assign(dest="ORD")),
    Kind("a constant distance", assign(distance=1000)),
    Kind("a constant delay", assign(arr_delay=lambda m: m["arr_delay"].where(m["arr_delay"].isna(), 0.0))),
    Kind("one delay in a hundred made up", some(0.01, "arr_delay", lambda minutes: minutes + 37)),
    Kind("half the delays made up", some(0.5, "arr_delay", lambda minutes: minutes + 37)),
    Kind("infinite delays", some(0.001, "arr_delay", np.inf)),
    Kind("huge delays", some(0.001, "dep_delay", 1e300)),
    Kind("flight numbers of five digits", some(0.01, "flight", lambda number: number + 10_000)),
]


def features(name: str, change: Change, no_error: str = "") -> Kind:
    return Kind(name, change, "features", no_error=no_error)


FEATURES = [
    features("a column known only afterwards", assign(dep_delay=1.0)),
    features("the label in a feature", assign(precip=lambda m: m["late"].astype(float))),
    features("features in another order", lambda m: m[[*reversed(m.columns)]], "they are read by name"),
    features("a month without weather", assign(temp=np.nan, humid=np.nan)),
    features("temperature in Celsius", assign(temp=lambda m: (m["temp"] - 32) / 1.8)),
    features("infinite temperatures", some(0.001, "temp", np.inf)),
    features("temperature and dew point exchanged", swap("temp", "dewp")),
    features("humidity as a share", assign(humid=lambda m: m["humid"] / 100)),
    features("wind in kilometres an hour", assign(wind_speed=lambda m: m["wind_speed"] * 1.609)),
    features("rain in millimetres", assign(precip=lambda m: m["precip"] * 25.4)),
    features("pressure in inches", assign(pressure=lambda m: m["pressure"] / 33.86)),
    features("visibility in kilometres", assign(visib=lambda m: m["visib"] * 1.609)),
    features("weekdays from 1", assign(weekday=lambda m: m["weekday"] + 1)),
    features("hours beyond midnight", some(0.01, "hour", lambda hour: hour + 24)),
    features("the label turned around", assign(late=lambda m: 1 - m["late"])),
    features("a constant label", assign(late=0)),
]

KINDS = [*SCHEMA, *NULLS, *UNITS, *TIME, *FILES, *EXCHANGED, *CODES, *VALUES, *FEATURES]
