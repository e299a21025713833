"""The tags of the library, and MLflow's filter for the key."""

from __future__ import annotations

from trimtab.registry.tracking.version_tags import filter_by_key, read_tag


def test_tag_is_read_by_its_name_without_the_prefix():
    tags = {"trimtab.reason": "schedule", "reason": "of a person"}

    assert read_tag(tags, "reason") == "schedule"
    assert read_tag(tags, "record") == ""


def test_filter_by_key_finds_only_the_runs_of_the_key(client):
    experiment = client.create_experiment("filtered")
    wanted = client.create_run(experiment, tags={"trimtab.key": "a"}).info.run_id
    client.create_run(experiment, tags={"trimtab.key": "ab"})
    client.create_run(experiment, tags={"key": "a"})

    assert [run.info.run_id for run in client.search_runs([experiment], filter_by_key("a"))] == [wanted]
