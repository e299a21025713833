"""Makes features and label of the half-hours; the first week has no week before it, and is left out."""

from pathlib import Path

import pandas as pd
from pipelines.elecdemand.features import FEATURES, LABEL, WEEK

from trimtab.stages import read_windows, run, write_windows


def main(raw: Path, features: Path) -> None:
    """Write the features by month."""
    table = pd.concat(read_windows(raw).values(), ignore_index=True)
    prepared = add_features(table).dropna()
    months = prepared.groupby(prepared["time"].dt.strftime("%Y-%m"))
    write_windows({str(name): part[["time", *FEATURES, LABEL]] for name, part in months}, features)


def add_features(table: pd.DataFrame) -> pd.DataFrame:
    """Return consecutive half-hours with their features."""
    time = table["time"].dt
    return table.assign(
        half_hour=time.hour * 2 + time.minute // 30,
        weekday=time.day_of_week,
        demand_week_before=table["demand"].shift(WEEK),
        temperature_week_before=table["temperature"].shift(WEEK),
    )


if __name__ == "__main__":
    run(main)
