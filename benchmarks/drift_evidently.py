"""Run Evidently's default preset on a folder of windows; needs a Python with Evidently."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main(folder: Path) -> None:
    """Print the number of drifted columns of each window, as JSON."""
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
