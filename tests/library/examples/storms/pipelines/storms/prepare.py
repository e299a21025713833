"""Makes features and label of the observations; the first of a storm has no change since the one before."""

from pathlib import Path

import pandas as pd
from pipelines.storms.features import FEATURES, KEYS, LABEL
from pipelines.storms.months import read_months, write_months
from pipelines.storms.stage import run


def main(raw: Path, features: Path) -> None:
    """Write the features by year."""
    table = add_features(pd.concat(read_months(raw).values(), ignore_index=True))
    years = table.groupby(table["time"].dt.strftime("%Y"))
    write_months({str(name): part[[*KEYS, *FEATURES, LABEL]] for name, part in years}, features)


def add_features(table: pd.DataFrame) -> pd.DataFrame:
    """Return observations with their features."""
    changes = table.groupby("storm")[["lat", "long", "pressure"]].diff().add_suffix("_change")
    time = table["time"].dt
    return table.assign(month=time.month.astype("float64"), hour=time.hour.astype("float64"), **changes)


if __name__ == "__main__":
    run(main)
