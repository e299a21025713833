"""Whether run events are collected: off by default, and nothing of them is imported then."""

from __future__ import annotations

import logging
import sys

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.lineage_events import is_on, observation


def run(checkout, monkeypatch) -> None:
    monkeypatch.chdir(checkout.root)
    done = CliRunner().invoke(cli, ["run"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("environment", "on"),
    [
        ({}, False),
        ({"OPENLINEAGE_URL": "http://127.0.0.1:5000"}, True),
        ({"OPENLINEAGE__TRANSPORT__TYPE": "file"}, True),
        ({"OPENLINEAGE_CONFIG": "/etc/openlineage.yml"}, True),
        ({"OPENLINEAGE_URL": " "}, False),
        ({"OPENLINEAGE_URL": "http://127.0.0.1:5000", "OPENLINEAGE_DISABLED": "True"}, False),
        ({"OPENLINEAGE_NAMESPACE": "flights"}, False),
    ],
)
def test_lineage_is_off_until_a_variable_names_a_backend(environment, on):
    assert is_on(environment) is on


def test_nothing_of_openlineage_is_imported_while_it_is_off(project, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("openlineage")]:
        monkeypatch.delitem(sys.modules, name)

    run(project(), monkeypatch)

    assert not [name for name in sys.modules if name.startswith("openlineage")]


def test_client_that_is_not_installed_costs_a_warning(project, caplog, tmp_path, monkeypatch):
    file = tmp_path / "events.jsonl"
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(file))
    monkeypatch.setattr(observation, "find_spec", lambda name: None)

    with caplog.at_level(logging.WARNING, "trimtab"):
        run(project(), monkeypatch)

    assert "pip install 'trimtab[lineage]'" in caplog.text
    assert not file.exists()
