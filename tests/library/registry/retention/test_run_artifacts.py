"""The size of what MLflow has of a run."""

from __future__ import annotations

from trimtab.registry.retention.run_artifacts import size_of_run, size_of_run_and_models

STRONG = 2


def test_size_of_a_run_counts_files_in_folders(client):
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "12345", "params.yaml")
    client.log_text(run_id, "123", "reports/gate/report.json")

    assert size_of_run(client, run_id) == 8
    assert size_of_run(client, run_id, "reports") == 3


def test_size_of_a_run_without_artifacts_is_zero(client):
    assert size_of_run_and_models(client, client.create_run("0").info.run_id) == 0


def test_size_of_a_run_with_its_models_counts_the_model_file_too(client, contenders):
    run_id = contenders[STRONG].run_id
    model_bytes = contenders[STRONG].metrics["model_bytes"]

    assert size_of_run_and_models(client, run_id) >= size_of_run(client, run_id) + model_bytes
