"""Makes the features of the year from ``ingest.until`` on, which is scored; its states are not read."""

from pathlib import Path

import pandas as pd
from pipelines.storms.features import FEATURES, KEYS
from pipelines.storms.ingest import IngestParams, read_storms
from pipelines.storms.prepare import add_features

from trimtab.config import load_params
from trimtab.stages import run, write_windows


def main(upcoming: Path) -> None:
    """Write one file, named after the year."""
    begin = pd.Timestamp(load_params(IngestParams, "ingest").until)
    table = add_features(read_storms())
    year = table[(table["time"] >= begin) & (table["time"] < begin + pd.DateOffset(years=1))]
    write_windows({f"{begin:%Y}": year[[*KEYS, *FEATURES]]}, upcoming)


if __name__ == "__main__":
    run(main)
