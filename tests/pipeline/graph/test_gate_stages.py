"""Whether a stage that is a gate says so."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.graph.gate_stages import check_gates
from trimtab.pipeline.graph.graph import Graph, Stage


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
def test_a_stage_that_runs_a_gate_has_to_say_so(command):
    with pytest.raises(ProjectError, match="'judge' runs a model gate and does not say that it is one"):
        check({}, command)
    with pytest.raises(ProjectError, match="runs a model gate and says that it is a data gate"):
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
def test_a_stage_that_runs_none_need_not(command):
    check({}, command)


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({"gate": "modle"}, "no known kind: 'modle'; did you mean 'model'"),
        ({"gate": "Data"}, "no known kind: 'Data'; did you mean 'data'"),
        ({"gate": None}, "no known kind: None"),
        ({"gate": True}, "no known kind: True"),
        ({"gate": ["model"]}, "no known kind: .'model'."),
        ({"gaet": "model"}, "nobody knows: 'gaet'; did you mean 'gate'"),
        ("gate", "no mapping: 'gate'"),
    ],
)
def test_a_gate_said_in_unknown_words_is_refused_with_the_nearest(meta, message):
    with pytest.raises(ProjectError, match=message):
        check({"trimtab": meta})


def test_what_is_no_gate_is_no_concern():
    check({"airflow": {"retries": 2}, "trimtab": {"args": ["x"]}})
    check({"trimtab": {}})
    check({"trimtab": None})
