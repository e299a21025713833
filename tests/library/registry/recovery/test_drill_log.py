"""The drill log in MLflow."""

from __future__ import annotations

from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.drill_log import (
    CONTENT_TAG,
    LONGEST_TAG,
    log_drill,
    read_drills,
    recovery_experiment,
)


def drill(model, day, **values):
    return Drill.model_validate({"model": model, "started": f"2026-01-0{day}", "verdict": "good", **values})


def test_drills_are_read_newest_first_with_their_figures(client):
    first = log_drill(client, drill("logged", 1, recovery_seconds=60.0, settings={"backup location": "/v"}))
    second = log_drill(client, drill("logged", 2, verdict="failed", problems=["x" * 9000] * 30))

    found = read_drills(client, "logged")

    assert [each.run_id for each in found] == [second.run_id, first.run_id]
    assert found[1] == first
    assert found[0].problems[0] == "x" * 500
    run = client.get_run(second.run_id)
    assert len(run.data.tags[CONTENT_TAG]) <= LONGEST_TAG
    assert client.get_run(first.run_id).data.metrics == {"recovery_seconds": 60.0, "backup_bytes": 0.0}


def test_run_that_is_no_drill_is_left_out(client):
    experiment = client.create_experiment(recovery_experiment("forged"))
    for content in ("{}", "no JSON", drill("another", 1).model_dump_json()):
        run = client.create_run(experiment, tags={CONTENT_TAG: content})
        client.set_terminated(run.info.run_id)

    assert read_drills(client, "forged") == []


def test_model_without_drills_has_none_and_nothing_is_written(client):
    assert read_drills(client, "never") == []
    assert client.get_experiment_by_name(recovery_experiment("never")) is None
