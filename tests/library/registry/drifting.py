"""A published project whose windows arrive one after the other."""

from __future__ import annotations

import json

import pandas as pd

from trimtab.registry import check_newest_window

POLICY = {"min_rows": 100, "max_metric_drop": 0.1}


def arrive(project, *months):
    for month in months:
        (project.root / "windows" / f"{month}.parquet").write_bytes(project.test.read_bytes())


def declare(project, **policy):
    """Write the drift policy; with a max_age of 2 the second window requests a retrain."""
    params = project.root / "params.yaml"
    kept = [line for line in params.read_text().splitlines() if not line.startswith("drift:")]
    params.write_text("\n".join([*kept, f"drift: {json.dumps(POLICY | policy)}", ""]))


def check(project):
    return check_newest_window(project.root, project.graph, "windows", dag_run="drift_check/1")


def by_window(runs):
    windows = {run.data.tags.get("trimtab.window"): run for run in runs}
    windows.pop(None, None)  # the run of the curves
    return windows


def model_of(project, *, c):
    """Return another model of the same data."""
    import skops.io

    model = skops.io.load(project.root / "made" / "flights.skops", trusted=[])
    table = pd.read_parquet(project.test)
    features = [name for name in table.columns if name != "late"]
    return model.set_params(logisticregression__C=c).fit(table[features], table["late"])


def request_retrain(project, *months):
    """Check each window; the last one requests a retrain, as it is the second with a max_age of 2."""
    for month in months:
        arrive(project, month)
        checked = check(project)
    assert (checked.window, checked.decision) == (months[-1], "retrain")
