"""Estimate the metrics of each window of a folder with NannyML; needs a Python with NannyML.

``drift_nannyml.py binary <folder>``: each Parquet file has the features, the label in ``label``, predictions
in ``score``, those of many classes in ``score_<class>``, and the predicted class in ``class``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nannyml as nml
import pandas as pd

METRICS = {
    "binary": ["roc_auc"],
    "multiclass": ["roc_auc", "accuracy"],
    "regression": ["mae", "rmse"],
}


def main(problem: str, folder: Path) -> None:
    """Print the estimates of each window by metric, as JSON."""
    reference = pd.read_parquet(folder / "reference.parquet")
    estimator = _estimator(problem, list(reference), len(reference)).fit(reference)
    estimates = {}
    for file in sorted(folder.glob("window-*.parquet")):
        found = estimator.estimate(pd.read_parquet(file)).filter(period="analysis").to_df()
        estimates[file.stem] = {name: float(found[name, "value"].iloc[0]) for name in METRICS[problem]}
    print("JSON" + json.dumps(estimates))


def _estimator(problem: str, columns: list[str], rows: int) -> nml.CBPE | nml.DLE:
    common = {"y_true": "label", "metrics": METRICS[problem], "chunk_number": 1}
    if problem == "regression":
        features = [name for name in columns if name not in {"label", "score"}]
        return nml.DLE(y_pred="score", feature_column_names=features, **common)
    classes = {name.removeprefix("score_"): name for name in columns if name.startswith("score_")} or "score"
    kind = f"classification_{problem}"
    return nml.CBPE(problem_type=kind, y_pred="class", y_pred_proba=classes, **common)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
