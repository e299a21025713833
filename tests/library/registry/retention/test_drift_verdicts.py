"""The retention of drift verdicts."""

from __future__ import annotations

import sqlite3
import time

from tests.library.registry.retention.prunable import prune
from trimtab.registry.drift_log.drift_log import CURVES_RUN
from trimtab.registry.retention.drift_verdicts import expired_drift_verdicts
from trimtab.registry.retention.retention_policy import RetentionPolicy


def test_prune_removes_old_drift_verdicts_but_not_the_curves_or_a_pending_one(
    client, candidates, name, database
):
    experiment = client.create_experiment(f"{name}-drift")
    tags = {
        "gone": {"trimtab.window": "2013-04"},
        "waits": {"trimtab.window": "2013-05", "trimtab.outcome": "pending"},
        "curves": {"trimtab.key": CURVES_RUN},
        "young": {"trimtab.window": "2013-06"},
    }
    made = {key: client.create_run(experiment, tags=held).info.run_id for key, held in tags.items()}
    with sqlite3.connect(database) as connection:
        for key in ("gone", "waits", "curves"):
            then = (int((time.time() - 731 * 24 * 3600) * 1000), made[key])
            connection.execute("UPDATE runs SET start_time = ? WHERE run_uuid = ?", then)
    connection.close()

    assert "drift verdict on 2013-04" in prune(candidates, name, "--yes")

    left = {run.info.run_id for run in client.search_runs([experiment])}
    assert left == {made["waits"], made["curves"], made["young"]}


def test_model_without_a_drift_check_has_no_verdict_to_remove(client):
    assert list(expired_drift_verdicts(client, "never-checked", RetentionPolicy())) == []
