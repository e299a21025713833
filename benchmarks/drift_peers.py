"""Other ways to compare two Parquet files, a process each: `drift_peers.py scipy before.parquet now.parquet`.

Runs by itself, so that the Python of another environment can: it knows nothing of this project.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd


def histogram(before: str, now: str) -> None:
    """PSI of every column, in one streaming pass over both files: the least that can be done."""
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


def scipy(before: str, now: str) -> None:
    """PSI, Kolmogorov-Smirnov and chi-squared, on frames in memory."""
    from scipy.stats import chi2_contingency, ks_2samp

    a, b = pd.read_parquet(before), pd.read_parquet(now)
    for name in a:
        if pd.api.types.is_numeric_dtype(a[name]):
            cuts = np.quantile(a[name], np.arange(1, 10) / 10)
            e, n = (np.bincount(np.searchsorted(cuts, x[name]), minlength=10) / len(x) + 1e-6 for x in (a, b))
            np.sum((n - e) * np.log(n / e))
            ks_2samp(a[name], b[name])
        else:
            table = pd.DataFrame({"a": a[name].value_counts(), "b": b[name].value_counts()}).fillna(0)
            chi2_contingency(table.T)


def evidently(before: str, now: str) -> None:
    """Evidently's default drift preset."""
    from evidently import Report
    from evidently.presets import DataDriftPreset

    Report([DataDriftPreset()]).run(pd.read_parquet(now), pd.read_parquet(before)).dict()


def nannyml(before: str, now: str) -> None:
    """NannyML's univariate drift, its default methods, the window as one chunk."""
    import nannyml as nml

    a, b = pd.read_parquet(before), pd.read_parquet(now)
    calculator = nml.UnivariateDriftCalculator(column_names=list(a), chunk_number=1)
    calculator.fit(a)
    calculator.calculate(b)


if __name__ == "__main__":
    {"histogram": histogram, "scipy": scipy, "evidently": evidently, "nannyml": nannyml}[sys.argv[1]](
        *sys.argv[2:]
    )
