"""The Parquet files of a flat folder, in the order of their names: one file per window of time."""

from __future__ import annotations

from pathlib import Path


def list_parquet_files(path: Path) -> list[Path]:
    """Return the Parquet files of a folder, sorted by name, or the path itself if it is not a folder."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]
