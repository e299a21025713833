"""A published project whose windows arrive one by one."""

from __future__ import annotations

import json

from trimtab.registry import check_newest_window

POLICY = {"min_rows": 100, "max_auc_drop": 0.1}


def arrive(project, *months):
    for month in months:
        (project.root / "windows" / f"{month}.parquet").write_bytes(project.test.read_bytes())


def declare(project, **policy):
    """Write the policy; a max_age of 2 retrains on the second window."""
    params = project.root / "params.yaml"
    kept = [line for line in params.read_text().splitlines() if not line.startswith("drift:")]
    params.write_text("\n".join([*kept, f"drift: {json.dumps(POLICY | policy)}", ""]))


def check(project):
    return check_newest_window(project.root, project.graph, "windows", dag_run="drift_check/1")
