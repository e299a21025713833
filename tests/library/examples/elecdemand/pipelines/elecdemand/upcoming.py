"""Makes the features of the week from ``ingest.until`` on, which is scored; its demand is not read."""

from pathlib import Path

import pandas as pd
from pipelines.elecdemand.features import FEATURES
from pipelines.elecdemand.ingest import IngestParams, read_demand
from pipelines.elecdemand.prepare import add_features

from trimtab.config import load_params
from trimtab.stages import run, write_windows


def main(upcoming: Path) -> None:
    """Write one file, named after the month."""
    begin = pd.Timestamp(load_params(IngestParams, "ingest").until)
    table = add_features(read_demand())
    week = table[(table["time"] >= begin) & (table["time"] < begin + pd.Timedelta(days=7))]
    write_windows({f"{begin:%Y-%m}": week[["time", *FEATURES]]}, upcoming)


if __name__ == "__main__":
    run(main)
