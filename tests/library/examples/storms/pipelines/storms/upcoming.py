"""Makes the features of the year from ``ingest.until`` on, which is scored; its states are not read."""

from pathlib import Path

import pandas as pd
from pipelines.storms.features import FEATURES, KEYS
from pipelines.storms.ingest import IngestParams, read_storms
from pipelines.storms.months import write_months
from pipelines.storms.prepare import add_features
from pipelines.storms.stage import run

from trimtab.config import load_params


def main(upcoming: Path) -> None:
    """Write one file, named after the year."""
    begin = pd.Timestamp(load_params(IngestParams, "ingest").until)
    table = add_features(read_storms())
    year = table[(table["time"] >= begin) & (table["time"] < begin + pd.DateOffset(years=1))]
    write_months({f"{begin:%Y}": year[[*KEYS, *FEATURES]]}, upcoming)


if __name__ == "__main__":
    run(main)
