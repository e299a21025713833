"""The gate declarations of stages."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.graph.gate_stages import check_gates


def check(meta, *cmd):
    check_gates(Graph((Stage("judge", cmd=cmd or ("true",), meta=meta),)))


@pytest.mark.parametrize(
    "command",
    [
        "trimtab gate model --model m --out r",
        "python -m trimtab.cli gate model --model m",
        "PYTHONHASHSEED=0 .venv/bin/trimtab gate model --model m",
        "cd sub && uv run trimtab  gate\tmodel --model m",
        "'/opt/my tools/trimtab' gate model --model m",
        "set -e\ntrimtab gate \\\n  model --model m",
    ],
)
def test_stage_that_runs_a_gate_without_declaring_it_is_refused(command):
    with pytest.raises(ProjectError, match="'judge' runs a model gate but does not declare it"):
        check({}, command)
    with pytest.raises(ProjectError, match="runs a model gate but declares a data gate"):
        check({"trimtab": {"gate": "data"}}, "echo", command)
    check({"trimtab": {"gate": "model"}}, command)


@pytest.mark.parametrize(
    "command",
    [
        "trimtab gate suggest data.csv",
        "echo trimtab gates",
        "python navigate.py data",
        "./mytrimtab gate model",
    ],
)
def test_stage_that_runs_no_gate_needs_no_declaration(command):
    check({}, command)


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({"gate": "modle"}, "unknown kind of gate: 'modle'; did you mean 'model'"),
        ({"gate": "Data"}, "unknown kind of gate: 'Data'; did you mean 'data'"),
        ({"gate": None}, "unknown kind of gate: None"),
        ({"gate": True}, "unknown kind of gate: True"),
        ({"gate": ["model"]}, "unknown kind of gate: .'model'."),
        ({"gaet": "model"}, "unknown key in meta.trimtab: 'gaet'; did you mean 'gate'"),
        ({"any_txt": ["a.b"]}, "unknown key in meta.trimtab: 'any_txt'; did you mean 'any_text'"),
        ("gate", "no mapping: 'gate'"),
    ],
)
def test_gate_declaration_with_an_unknown_word_is_refused_with_the_closest(meta, message):
    with pytest.raises(ProjectError, match=message):
        check({"trimtab": meta})


def test_command_that_only_mentions_a_gate_needs_no_declaration():
    check({"airflow": {"retries": 2}, "trimtab": {"args": ["x"]}})
    check({"trimtab": {}})
    check({"trimtab": None})
