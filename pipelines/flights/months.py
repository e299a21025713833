"""Yours to edit. Tables kept as a folder of Parquet files, one per month: ``2013-04.parquet``."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def read_months(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every month, the oldest first."""
    return {file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def write_months(months: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write the months; those of an earlier run do not stay behind."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.parquet"):
        old.unlink()
    for month, table in months.items():
        table.to_parquet(folder / f"{month}.parquet", index=False)
