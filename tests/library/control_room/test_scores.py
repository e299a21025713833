"""The newest scores; tests/library/cli/test_status.py reads real ones."""

from __future__ import annotations

from types import SimpleNamespace

from trimtab.control_room.scores import read_scores


def test_model_that_never_scored_has_no_scores_and_no_experiment_is_created():
    client = SimpleNamespace(get_experiment_by_name=lambda name: None)
    assert read_scores(client, "rides") == ()
