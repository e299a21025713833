"""Other ways to compare two Parquet files: `drift_peers.py scipy before.parquet now.parquet`.

Each prints the columns that drifted, by its defaults. The file imports nothing of this project, so that the
Python of another environment can run it.
"""

from __future__ import annotations

import json
import re
import sys

import numpy as np
import pandas as pd

MOVED_PSI, LEVEL = 0.2, 0.05


def psi(before: np.ndarray, now: np.ndarray) -> float:
    """Return the population stability index of counts, with the usual floor for empty bins."""
    e, n = (counts / counts.sum() + 1e-6 for counts in (before, now))
    return float(np.sum((n - e) * np.log(n / e)))


def histogram(before: str, now: str) -> list[str]:
    """Compute the PSI of every column, in one streaming pass over both files: the minimum."""
    import pyarrow.parquet as pq

    edges: dict[str, np.ndarray] = {}
    counts: dict[tuple[str, str], dict[object, int] | np.ndarray] = {}
    for path in (before, now):
        for batch in pq.ParquetFile(path, pre_buffer=False, buffer_size=65_536).iter_batches(65_536):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                if column.type == "string":
                    found = counts.setdefault((path, name), {})
                    for entry in column.value_counts().to_pylist():
                        found[entry["values"]] = found.get(entry["values"], 0) + entry["counts"]
                    continue
                values = column.to_numpy(zero_copy_only=False)
                if name not in edges:
                    edges[name] = np.quantile(values, np.arange(1, 10) / 10)
                binned = np.bincount(np.searchsorted(edges[name], values), minlength=10)
                counts[path, name] = counts.get((path, name), 0) + binned
    moved = []
    for name in dict.fromkeys(name for _, name in counts):
        then, after = counts[before, name], counts[now, name]
        if isinstance(then, dict):
            names = sorted({*then, *after})
            then, after = (np.array([part.get(one, 0) for one in names]) for part in (then, after))
        if psi(then, after) > MOVED_PSI:
            moved.append(name)
    return moved


def scipy(before: str, now: str) -> list[str]:
    """Compute PSI and Kolmogorov-Smirnov or chi-squared with Bonferroni, on frames in memory."""
    from scipy.stats import chi2_contingency, ks_2samp

    a, b = pd.read_parquet(before), pd.read_parquet(now)
    moved = []
    for name in a:
        if pd.api.types.is_numeric_dtype(a[name]):
            cuts = np.quantile(a[name], np.arange(1, 10) / 10)
            then, after = (np.bincount(np.searchsorted(cuts, x[name]), minlength=10) for x in (a, b))
            p_value = ks_2samp(a[name], b[name]).pvalue
        else:
            table = pd.DataFrame({"a": a[name].value_counts(), "b": b[name].value_counts()}).fillna(0)
            then, after = table["a"].to_numpy(), table["b"].to_numpy()
            p_value = chi2_contingency(table.T).pvalue
        if psi(then, after) > MOVED_PSI or p_value < LEVEL / a.shape[1]:
            moved.append(name)
    return moved


def evidently(before: str, now: str) -> list[str]:
    """Run Evidently's default drift preset."""
    from evidently import Report
    from evidently.presets import DataDriftPreset

    done = Report([DataDriftPreset()]).run(pd.read_parquet(now), pd.read_parquet(before)).dict()
    moved = []
    for metric in done["metrics"]:
        found = re.match(r"ValueDrift\(column=(.*),method=(.*),threshold=(.*)\)", metric["metric_name"])
        if found:
            name, method, threshold = found[1], found[2], float(found[3])
            value = float(metric["value"])
            if value < threshold if "p_value" in method else value >= threshold:
                moved.append(name)
    return moved


def nannyml(before: str, now: str) -> list[str]:
    """Run NannyML's univariate drift with its default methods, and the window as one chunk."""
    import nannyml as nml

    a, b = pd.read_parquet(before), pd.read_parquet(now)
    calculator = nml.UnivariateDriftCalculator(column_names=list(a), chunk_number=1)
    calculator.fit(a)
    found = calculator.calculate(b).filter(period="analysis").to_df()
    alerts = found.loc[:, [column for column in found.columns if column[-1] == "alert"]].any()
    return sorted({column[0] for column in alerts[alerts].index})


if __name__ == "__main__":
    ways = {"histogram": histogram, "scipy": scipy, "evidently": evidently, "nannyml": nannyml}
    print("JSON" + json.dumps(ways[sys.argv[1]](*sys.argv[2:])))
