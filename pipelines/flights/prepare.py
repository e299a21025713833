"""Yours to edit. Makes features and label of raw flights and weather.

The label is an arrival more than ``late_minutes`` behind the timetable. A cancelled flight (2.5 % of them)
never arrives, and a diverted one (0.3 %) has no arrival delay on record: neither is late or on time, so both
are left out, and counted in the report. What the model answers is: if this flight reaches its destination,
will it be late?
"""

import json
from pathlib import Path

import pandas as pd
from pydantic import Field

from pipelines.flights.features import FEATURES, LABEL, NUMBERS, WEATHER
from trimtab.config import Params, load_params
from trimtab.stages import read_windows, run, write_windows

STRONGEST_WIND = 200  # mph; a sensor once reported 1,048


class PrepareParams(Params):
    """Section ``prepare``.

    Attributes:
        late_minutes: An arrival later than this is late.
    """

    late_minutes: int = Field(ge=0)


def main(raw: Path, weather: Path, features: Path, report: Path) -> None:
    """Write the features by month, and how many flights were left out and why."""
    params = load_params(PrepareParams, "prepare")
    months, observed = read_windows(raw), pd.read_parquet(weather)
    prepared = {month: prepare(flights, observed, params) for month, flights in months.items()}
    counted = {month: count(flights) for month, flights in months.items()}
    write_windows(prepared, features)
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(counted, indent=2) + "\n", encoding="utf-8")


def prepare(flights: pd.DataFrame, weather: pd.DataFrame, params: PrepareParams) -> pd.DataFrame:
    """Return features and label of the flights that arrived, in their order."""
    table = add_features(flights[flights["arr_delay"].notna()], weather)
    table[LABEL] = (table["arr_delay"] > params.late_minutes).astype("int64")
    return table[[*FEATURES, LABEL]]


def add_features(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return the flights, in their order, with all that is known before departure."""
    table = join_weather(flights, weather)
    table["weekday"] = pd.to_datetime(table[["year", "month", "day"]]).dt.day_of_week
    table[NUMBERS] = table[NUMBERS].astype("float64")
    return table


def join_weather(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Add the weather at the origin in the scheduled hour; flights without an observation keep nulls.

    Joined on ``time_hour``, which is UTC in both: New York's own clock shows one hour in November twice.
    """
    observed = weather[["origin", "time_hour", *WEATHER]].copy()
    observed["wind_speed"] = observed["wind_speed"].where(observed["wind_speed"] < STRONGEST_WIND)
    return flights.merge(observed, on=["origin", "time_hour"], how="left", validate="many_to_one")


def count(flights: pd.DataFrame) -> dict[str, int]:
    """Count what becomes of the flights."""
    cancelled = flights["dep_time"].isna()
    diverted = flights["arr_delay"].isna() & ~cancelled
    return {
        "flights": len(flights),
        "cancelled": int(cancelled.sum()),
        "diverted": int(diverted.sum()),
        "kept": int((~cancelled & ~diverted).sum()),
    }


if __name__ == "__main__":
    run(main)
