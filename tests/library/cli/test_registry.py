from __future__ import annotations

import contextlib
import subprocess

import mlflow
import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.registry import find_champion


def trimtab(*args: str, **settings) -> str:
    done = CliRunner().invoke(cli, args, catch_exceptions=False, **settings)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_publish_without_airflow_registers_compares_and_promotes(client, checkout):
    name = checkout.name

    assert trimtab("publish", "--promote", "--reason", "first try").startswith(
        f"{name} version 1 is registered\npromoted: {name} version 1 is good enough for the first champion"
    )

    assert find_champion(name).version == 1
    held = client.get_model_version(name, "1").tags
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    assert (held["trimtab.git_revision"], held["trimtab.by"]) == (head.strip(), "alice")
    assert held["trimtab.reason"] == "first try"
    assert "trimtab.uncommitted" not in held
    assert "was registered already" in trimtab("publish")
    assert "version 1, promoted" in trimtab("models", "at", "2100-01-01")


def test_publish_stores_uncommitted_changes_as_a_patch(client, checkout):
    readme = checkout.root / "README.md"
    readme.write_bytes("draft ❄\n".encode() + b"caf\xe9\n")

    trimtab("publish")

    version = client.get_model_version(checkout.name, "1")
    patch = mlflow.artifacts.download_artifacts(
        run_id=version.run_id, artifact_path=version.tags["trimtab.uncommitted"]
    )
    readme.unlink()
    subprocess.run(["git", "apply", patch], check=True)
    assert readme.read_bytes() == "draft ❄\n".encode() + b"caf\xe9\n"


def test_publish_with_policy_approval_asks_at_the_terminal(client, checkout):
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text().replace("promote:\n", "promote:\n  policy: approval\n"))

    done = CliRunner().invoke(cli, ["publish", "--promote"], input="y", catch_exceptions=False)

    assert "Promote it? [y/N]" in done.stderr, "standard output is for the result"
    assert "Approved by alice" in done.stdout
    assert find_champion(checkout.name).version == 1


def test_promote_command_promotes_a_version_by_its_number(client, contenders, aliases):
    assert "contenders version 1, promoted" in trimtab(
        "promote", "1", "--model", "contenders", "--reason", "it is explainable"
    )
    assert aliases() == {"champion": 1}


@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["promote", "1", "--reason", "r"],
        ["rollback", "--reason", "r"],
        ["rebuild", "1"],
        ["drift", "report"],
        ["prune"],
        ["backup", "backups"],
        ["models"],
    ],
    ids=lambda command: command[0],
)
def test_command_refuses_an_unknown_model_and_names_the_closest_match(client, contenders, tmp_path, command):
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(cli, [*command, "--model", "contender"])

    said = done.output + str(done.exception)
    assert done.exit_code != 0
    assert "MLflow has no registered model 'contender'; did you mean 'contenders'?" in said
    assert client.get_experiment_by_name("contender-drift") is None, "nothing is made of a typing error"


def test_command_refuses_an_unknown_version_and_names_the_existing_ones(client, contenders):
    done = CliRunner().invoke(cli, ["promote", "99", "--model", "contenders", "--reason", "r"])

    assert "'contenders' has no version 99" in str(done.exception)
    assert "versions 1, 2, 3" in str(done.exception)
    assert "server" not in str(done.exception)
