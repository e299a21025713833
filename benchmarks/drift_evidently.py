"""Run by the Python of an environment with Evidently: its default preset on a folder of windows, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main(folder: Path) -> None:
    """Print, for each window, how many of its columns have drifted."""
    reference = pd.read_parquet(folder / "reference.parquet")
    counts = {}
    for file in sorted(folder.glob("window-*.parquet")):
        metrics = Report([DataDriftPreset()]).run(pd.read_parquet(file), reference).dict()["metrics"]
        counts[file.stem] = next(
            int(m["value"]["count"]) for m in metrics if "DriftedColumns" in m["metric_name"]
        )
    print("JSON" + json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
