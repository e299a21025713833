"""A published project whose windows arrive one after the other."""

from __future__ import annotations

import json

from trimtab.registry import check_newest_window

POLICY = {"min_rows": 100, "max_auc_drop": 0.1}


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
