"""What commands show at the root of a repository with several pipelines."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli


@pytest.fixture
def repository(client, checkout, monkeypatch):
    """A repository with a pipeline whose model is registered, one without a version, and a broken one."""
    root = checkout.root.parent / "repository"
    root.mkdir()
    (root / ".git").mkdir()
    for name in ("broken", "fresh", "ran"):
        shutil.copytree(checkout.root, root / "pipelines" / name, ignore=shutil.ignore_patterns(".git"))
    checkout.publish()
    (root / "pipelines" / "broken" / "dvc.yaml").write_text("stages: [")
    fresh = root / "pipelines" / "fresh" / "dvc.yaml"
    fresh.write_text(fresh.read_text().replace(checkout.name, "fresh-model"))
    monkeypatch.chdir(root)
    return root


def test_models_at_the_root_shows_the_models_of_all_pipelines(repository, checkout):
    shown = CliRunner().invoke(cli, ["models"])

    assert shown.exit_code == 1, "a pipeline cannot be read"
    assert "Pipeline ran" in shown.stdout
    assert f"Versions of {checkout.name}"[:40] in shown.stdout.replace("\n", " ")
    assert "no version of fresh-model is registered yet" in shown.stdout
    assert "pipeline broken: DVC refuses the project" in shown.stderr


def test_models_at_the_root_as_json_has_each_pipeline(repository, checkout):
    shown = json.loads(CliRunner().invoke(cli, ["models", "--json"]).stdout)["pipelines"]

    assert [each["pipeline"] for each in shown] == ["broken", "fresh", "ran"]
    assert "DVC refuses the project" in shown[0]["error"]
    assert [[model["model"] for model in each["models"]] for each in shown] == [[], [], [checkout.name]]


def test_drift_report_at_the_root_lists_the_verdicts_of_all_models_and_makes_no_experiment(
    repository, checkout, client
):
    shown = CliRunner().invoke(cli, ["drift", "report"])

    assert shown.stdout.splitlines()[-2:] == ["Pipeline ran", "no verdicts"]
    assert client.get_experiment_by_name("fresh-model-drift") is None


def test_promote_at_the_root_takes_policies_and_types_from_the_pipeline_of_the_model(repository, checkout):
    done = CliRunner().invoke(cli, ["promote", "1", "--model", checkout.name, "--reason", "r"])
    assert "version 1, promoted" in done.output, done.exception


def test_promote_of_a_model_of_another_pipeline_is_refused(repository, checkout, client, monkeypatch):
    client.set_model_version_tag(checkout.name, "1", "trimtab.pipeline", "pipelines/fresh")
    monkeypatch.chdir(repository / "pipelines" / "ran")
    done = CliRunner().invoke(cli, ["promote", "1", "--reason", "r"])
    assert "belongs to another pipeline: pipelines/fresh" in str(done.exception)
