"""Yours to edit. Makes the features of the flights to come, which are scored; their outcome is not even read.

From ``ingest.until`` to the end of its month. The timetable is known by then. The data hold no forecasts, so
what the weather turned out to be stands for what was forecast.
"""

from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.flights.features import FEATURES
from pipelines.flights.ingest import IngestParams, find_data
from pipelines.flights.prepare import add_features
from trimtab.config import load_params
from trimtab.stages import run, write_windows

KEYS = ["year", "month", "day", "carrier", "flight", "origin", "dest"]  # which flight it is
TIMETABLE = [*KEYS, "hour", "distance", "time_hour"]


def main(upcoming: Path) -> None:
    """Write one file, named after the month; without rows where the timetable has ended."""
    params = load_params(IngestParams, "ingest")
    source = find_data(params.dataset_version)
    timetable = pd.read_csv(source / "flights.csv.zip", usecols=TIMETABLE)
    weather = pd.read_csv(source / "weather.csv")
    write_windows({f"{params.until:%Y-%m}": to_come(params.until, timetable, weather)}, upcoming)


def to_come(since: date, timetable: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return keys and features of the flights from a day on to the end of its month, in their order."""
    month = timetable[(timetable["year"] == since.year) & (timetable["month"] == since.month)]
    flights = month[month["day"] >= since.day].reset_index(drop=True)
    return add_features(flights, weather)[list(dict.fromkeys([*KEYS, *FEATURES]))]


if __name__ == "__main__":
    run(main)
