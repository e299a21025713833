"""`trimtab dag`: the graph as JSON and as a table."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli

FILES = {
    "dvc.yaml": """\
stages:
  get: {cmd: "echo [1]", outs: [raw.txt], always_changed: true}
  use: {cmd: [one, two], deps: [raw.txt, data/rows.csv], params: [a.b, {p.json: }], frozen: true}
""",
    "data/rows.csv.dvc": "outs: [{path: rows.csv}]\n",
    "sub/dvc.yaml": "stages: {last: {wdir: .., cmd: x, deps: [raw.txt], meta: {trimtab: {gate: data}}}}",
}
PLAIN = {"wdir": ".", "deps": [], "outs": [], "params": {}, "frozen": False, "always_changed": False}


@pytest.fixture
def root(project):
    return project(FILES).root


def test_graph_json_has_the_addresses_of_dvc(root):
    shown = CliRunner().invoke(cli, ["dag", "--json", str(root)], catch_exceptions=False)

    assert json.loads(shown.output) == {
        "schema": "trimtab.dag/1",
        "stages": [
            PLAIN | {"name": "data/rows.csv.dvc", "cmd": None, "wdir": "data", "outs": ["data/rows.csv"]},
            PLAIN | {"name": "get", "cmd": "echo [1]", "outs": ["raw.txt"], "always_changed": True},
            PLAIN
            | {
                "name": "use",
                "cmd": ["one", "two"],
                "deps": ["data/rows.csv", "raw.txt"],
                "params": {"p.json": [], "params.yaml": ["a.b"]},
                "frozen": True,
            },
            PLAIN | {"name": "sub/dvc.yaml:last", "cmd": "x", "deps": ["raw.txt"]},
        ],
        "edges": [["data/rows.csv.dvc", "use"], ["get", "sub/dvc.yaml:last"], ["get", "use"]],
    }


def test_graph_json_without_a_folder_is_that_of_the_working_directory(root, monkeypatch):
    monkeypatch.chdir(root)

    shown = CliRunner().invoke(cli, ["dag", "--json"], catch_exceptions=False)

    assert [stage["name"] for stage in json.loads(shown.output)["stages"]][1:3] == ["get", "use"]


def test_graph_table_has_each_stage_with_its_upstream_stages(root, monkeypatch):
    monkeypatch.chdir(root)

    shown = CliRunner().invoke(cli, ["dag"], catch_exceptions=False)

    lines = [line.split() for line in shown.output.splitlines()]
    assert ["get", "always", "changed"] in lines
    assert ["use", "data/rows.csv.dvc,", "get", "frozen"] in lines
    assert ["sub/dvc.yaml:last", "get", "data"] not in lines
    assert ["sub/dvc.yaml:last", "get", "gate"] in lines
