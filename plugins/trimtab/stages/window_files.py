"""Tables in a folder of Parquet files, one per window of time: ``2024-04.parquet``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.time_window import parse_windows, windows_in_folder

if TYPE_CHECKING:
    import pandas as pd


def read_windows(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the table of each window by its name, the oldest first.

    Raises:
        DriftError: There is no window, a file has another name, or the windows have several frequencies.
    """
    import pandas as pd

    return {window.name: pd.read_parquet(file) for window, file in windows_in_folder(folder).items()}


def write_windows(windows: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write a file for each window. Windows of an earlier run are removed.

    Args:
        windows: The table of each window, by its name: ``2024`` (year), ``2024-Q2`` (quarter),
            ``2024-04`` (month), ``2024-W14`` (ISO week), ``2024-04-05`` (day) or ``2024-04-05T07`` (hour).
        folder: Where the files are written.

    Raises:
        DriftError: A name is not that of a window, or the windows have several frequencies.
    """
    parse_windows(windows, where=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("*.parquet"):
        earlier.unlink()
    for name, table in windows.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
