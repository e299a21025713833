from __future__ import annotations

import subprocess

import mlflow
import pytest
from click.testing import CliRunner

from trimtab.cli import cli
from trimtab.registry import find_champion


@pytest.fixture
def checkout(client, project, monkeypatch):
    """The project in a git repository of its own, its model named in dvc.yaml, and whoever works in it."""
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("LOGNAME", "alice")
    (project.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n")
    (project.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n")
    file = project.root / "dvc.yaml"
    file.write_text(file.read_text().replace("  flights: {", f"  {project.name}: {{"))
    for args in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "First"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)
    return project


def trimtab(*args: str, **settings) -> str:
    done = CliRunner().invoke(cli, args, catch_exceptions=False, **settings)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_publish_without_airflow_registers_compares_and_promotes(client, checkout):
    name = checkout.name

    assert trimtab("publish", "--promote", "--reason", "first try").startswith(
        f"{name} version 1 is registered\n{name} version 1 can be the first champion"
    )

    assert find_champion(name).version == 1
    held = client.get_model_version(name, "1").tags
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    assert (held["trimtab.git_revision"], held["trimtab.by"]) == (head.strip(), "alice")
    assert held["trimtab.reason"] == "first try"
    assert "trimtab.uncommitted" not in held
    assert "was registered already" in trimtab("publish")
    assert "version 1, promoted" in trimtab("models", "at", "2100-01-01")


def test_changes_that_are_not_committed_are_kept_as_a_patch(client, checkout):
    readme = checkout.root / "README.md"
    readme.write_text("draft ❄\n")

    trimtab("publish")

    version = client.get_model_version(checkout.name, "1")
    mlflow.set_tracking_uri(client.tracking_uri)
    patch = mlflow.artifacts.load_text(f"runs:/{version.run_id}/{version.tags['trimtab.uncommitted']}")
    readme.unlink()
    subprocess.run(["git", "apply"], input=patch, text=True, check=True)
    assert readme.read_text() == "draft ❄\n"


def test_policy_approval_asks_at_the_terminal(client, checkout):
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text().replace("promote:\n", "promote:\n  policy: approval\n"))

    shown = trimtab("publish", "--promote", input="y")

    assert "Promote it? [y/N]" in shown
    assert "Approved by alice" in shown
    assert find_champion(checkout.name).version == 1


def test_person_promotes_a_version_by_its_number(client, contenders, aliases):
    assert "contenders version 1, promoted" in trimtab(
        "promote", "1", "--model", "contenders", "--reason", "it is explainable"
    )
    assert aliases() == {"champion": 1}
