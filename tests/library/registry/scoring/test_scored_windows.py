"""Which windows the champion has scored, from a real MLflow."""

from __future__ import annotations

from trimtab.registry.scoring import read_scored_windows


def test_model_that_never_scored_has_no_windows_and_no_experiment_is_created(client):
    assert read_scored_windows(client, "never-scored") == {}
    assert client.get_experiment_by_name("never-scored-scores") is None


def test_window_that_was_scored_twice_counts_from_the_first_time(client):
    experiment = client.create_experiment("twice-scored-scores")
    tags = {"trimtab.role": "champion", "trimtab.window": "2024-01"}
    ended = []
    for _ in range(2):
        run = client.create_run(experiment, tags=tags)
        client.set_terminated(run.info.run_id, end_time=1_700_000_000_000 + 60_000 * len(ended))
        ended.append(run)
    assert read_scored_windows(client, "twice-scored") == {"2024-01": "2023-11-14T22:13:20+00:00"}
