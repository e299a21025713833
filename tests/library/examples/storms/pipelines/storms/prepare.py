"""Makes features and label of the observations; the first of a storm has no change since the one before."""

from pathlib import Path

import pandas as pd
from pipelines.storms.features import FEATURES, KEYS, LABEL

from trimtab.stages import read_windows, run, write_windows


def main(raw: Path, features: Path) -> None:
    """Write the features by year."""
    table = add_features(pd.concat(read_windows(raw).values(), ignore_index=True))
    years = table.groupby(table["time"].dt.strftime("%Y"))
    write_windows({str(name): part[[*KEYS, *FEATURES, LABEL]] for name, part in years}, features)


def add_features(table: pd.DataFrame) -> pd.DataFrame:
    """Return observations with their features."""
    changes = table.groupby("storm")[["lat", "long", "pressure"]].diff().add_suffix("_change")
    time = table["time"].dt
    return table.assign(month=time.month.astype("float64"), hour=time.hour.astype("float64"), **changes)


if __name__ == "__main__":
    run(main)
