"""The translation of DVC's index into the neutral graph."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from tests.library.pipeline.graph.rich_project import RICH
from trimtab.pipeline.graph import Artifact, Graph, Output
from trimtab.pipeline.graph.resolver_process import resolve


@pytest.fixture
def rich(project) -> Graph:
    return resolve(project(RICH).root)[0]


def test_resolved_stage_has_the_fields_of_dvc_yaml(rich):
    get, draw, merge = rich.stage("get"), rich.stage("draw"), rich.stage("report/dvc.yaml:merge")
    assert (get.desc, get.cmd) == ("Get flights.", ("echo flights > raw.txt",))
    assert get.params == {"params.yaml": ("name",), "sizes.yaml": ("sizes",)}
    assert get.outs == (Output("raw.txt"), Output("index", cache=False))
    assert rich.stage("grid@x-2").cmd == ("test -d index", "touch x2.out")
    assert draw.outs == (
        Output("tables", kind="plot"),
        Output("models"),
        Output("m.json", kind="metric", cache=False),
        Output("curves", kind="plot"),
    )
    assert draw.meta == {"trimtab": {"gate": "model"}, "owner": "me", "since": "2013-01-01"}
    assert (draw.gate, draw.frozen, draw.always_changed) == ("model", True, True)
    assert (merge.wdir, merge.deps) == (".", ("models", "x-small.txt"))
    assert merge.params == {"report/params.yaml": ()}
    assert merge.gate is None


def test_resolved_artifacts_are_those_of_every_dvc_yaml(rich):
    assert rich.artifacts == (
        Artifact("flights", "models/m.bin", "model", "A flights.", ("late",), {"a": 1}),
        Artifact("all", "report/all.txt"),
    )


def test_resolved_stages_are_in_the_order_in_which_dvc_runs_them(project):
    pipeline = """\
stages:
  still: {cmd: touch f, deps: [late], outs: [f: {cache: false}], frozen: true}
  early: {cmd: touch e, deps: [f], outs: [e]}
  late: {cmd: touch late, deps: [between], outs: [late: {cache: false}]}
  between: {cmd: touch between, outs: [between]}
"""
    checkout = project({"dvc.yaml": pipeline, "f": "", "late": ""})
    graph = resolve(checkout.root)[0]

    checkout.repro()

    locked = YAML(typ="safe").load(checkout.lock())["stages"]
    order = [stage.name for stage in graph.stages]
    assert order == ["still", "early", "between", "late"]
    assert [name for name in order if name in locked] == list(locked)
