"""The commands `trimtab verify`, `backup`, `restore` and `prune`: exit codes and refusals."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.cli.retention import CANNOT_VERIFY
from trimtab.errors import RegistryError


def trimtab(*args: str, **settings):
    return CliRunner().invoke(cli, args, **settings)


def test_verify_exits_with_2_where_mlflow_does_not_answer(checkout, closed_port, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed_port}")

    with pytest.raises(RegistryError, match="does not answer") as err:
        trimtab("verify", "--model", checkout.name, catch_exceptions=False)

    assert err.value.exit_code == CANNOT_VERIFY


def test_verify_of_a_location_without_a_backup_exits_with_1(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = trimtab("verify", "--backup", str(tmp_path / "backups"))

    assert done.exit_code == 1
    assert "The location has no backup" in done.stderr
    assert "`trimtab backup`" in done.stderr


def test_restore_from_a_location_without_a_backup_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(RegistryError, match="The location has no backup"):
        trimtab("restore", str(tmp_path / "backups"), str(tmp_path / "into"), catch_exceptions=False)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [["backup"], ["restore", "from"], ["verify", "--backup"], ["prune", "--model"]],
    ids=lambda c: c[0],
)
def test_command_without_its_argument_is_refused(command):
    assert trimtab(*command).exit_code == 2


def test_prune_without_yes_removes_nothing(client, checkout):
    checkout.publish()
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text() + "retention: {}\n")
    cache = checkout.root / ".dvc" / "cache" / "files" / "md5"
    before = sorted(cache.rglob("*"))

    done = trimtab("prune", catch_exceptions=False)

    assert done.exit_code == 0
    assert "Removed." not in done.output
    assert sorted(cache.rglob("*")) == before
    assert client.get_model_version(checkout.name, "1").version == "1"
