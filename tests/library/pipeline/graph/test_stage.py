"""Stages, outputs and artifacts: addresses, gates and serialization."""

from __future__ import annotations

import json

import pytest

from trimtab.pipeline.graph.stage import Artifact, Output, Stage, split_address

WHOLE = Stage(
    "sub/dvc.yaml:train@a",
    ("one", "two"),
    "sub",
    ("a", "b"),
    (Output("m"), Output("metrics.json", "metric", cache=False, persist=True, push=False, remote="other")),
    {"params.yaml": ("train",), "q.yaml": ()},
    frozen=True,
    always_changed=True,
    desc="Train.",
    meta={"trimtab": {"gate": "model"}},
    cmd_is_list=True,
    paths_in_lock={"a": "./a"},
)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("train", ("", "train")),
        ("sub/dvc.yaml:train", ("sub/dvc.yaml", "train")),
        ("dvc.yaml:train@x", ("dvc.yaml", "train@x")),
        ("features@a:b", ("", "features@a:b")),
        ("sub/dvc.yaml:features@a:b", ("sub/dvc.yaml", "features@a:b")),
        ("data/raw.csv.dvc", ("", "data/raw.csv.dvc")),
    ],
)
def test_address_is_split_into_file_and_name(address, parts):
    assert split_address(address) == parts


@pytest.mark.parametrize("stage", [WHOLE, Stage("alone")], ids=["every field", "no field"])
def test_stage_deserialized_from_json_equals_the_stage(stage):
    assert Stage.from_json(json.loads(json.dumps(stage.to_json()))) == stage


@pytest.mark.parametrize("out", WHOLE.outs, ids=["defaults", "no defaults"])
def test_output_deserialized_from_json_equals_the_output(out):
    assert Output.from_json(json.loads(json.dumps(out.to_json()))) == out


def test_output_with_defaults_is_serialized_as_its_path():
    assert Output("models/a.skops").to_json() == "models/a.skops"


def test_artifact_deserialized_from_json_has_its_labels_as_a_tuple():
    values = ["flights", "m.skops", "model", "Late?", ["prod"], {"a": 1}]
    assert Artifact.from_json(values) == Artifact("flights", "m.skops", "model", "Late?", ("prod",), {"a": 1})


@pytest.mark.parametrize(
    ("meta", "gate"),
    [
        ({"trimtab": {"gate": "data"}}, "data"),
        ({"trimtab": {}}, None),
        ({"trimtab": "gate"}, None),
        ({}, None),
    ],
)
def test_gate_of_a_stage_is_the_one_that_its_meta_declares(meta, gate):
    assert Stage("validate", meta=meta).gate == gate


@pytest.mark.parametrize(
    ("stage", "is_callback"),
    [
        (Stage("ping", ("true",)), True),
        (Stage("use", ("true",), deps=("a",)), False),
        (Stage("draw", ("true",), params={"params.yaml": ()}), False),
        (Stage("make", ("true",), outs=(Output("a"),)), False),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_stage_is_a_callback_if_it_has_no_dependency_param_and_output(stage, is_callback):
    assert stage.is_callback is is_callback
