"""Lock entries: paths, outputs and changes."""

from __future__ import annotations

import pytest

from trimtab.pipeline.graph import Output, Stage
from trimtab.pipeline.lock import (
    ContentError,
    complete_entry,
    differences,
    lock_command,
    lock_path,
    order_keys,
    output_contents,
    path_in_entry,
    path_in_graph,
    relative_address,
)

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
STAGE = Stage(
    "sub/dvc.yaml:train",
    ("python train.py",),
    wdir="sub",
    deps=("data/x.csv",),
    outs=(Output("sub/model.bin"),),
    params={"params.yaml": ("depth",)},
)


def test_path_in_an_entry_is_relative_to_the_working_directory():
    assert path_in_entry(STAGE, "data/x.csv") == "../data/x.csv"
    assert path_in_graph(STAGE, "../data/x.csv") == "data/x.csv"


@pytest.mark.parametrize("path", ["/srv/x.csv", "s3://bucket/x.csv"])
def test_external_path_in_an_entry_is_unchanged(path):
    assert path_in_entry(STAGE, path) == path
    assert path_in_graph(STAGE, path) == path


def test_path_in_an_entry_is_written_as_dvc_yaml_writes_it():
    stage = Stage("a", ("x",), deps=("data",), paths_in_lock={"data": "./data/"})

    assert path_in_entry(stage, "data") == "./data/"


def test_output_contents_are_those_of_the_outputs_of_the_stage():
    entry = {"outs": [{"path": "model.bin", "size": 1, "md5": MD5}, {"path": "../../etc/x", "md5": MD5}]}

    assert output_contents(STAGE, entry) == {"sub/model.bin": {"md5": MD5, "size": 1}}


@pytest.mark.parametrize("outs", [[{"md5": MD5}], ["model.bin"], 5, [{"path": "model.bin", "md5": "../x"}]])
def test_output_contents_of_an_invalid_entry_are_refused(outs):
    with pytest.raises(ContentError) as refusal:
        output_contents(STAGE, {"outs": outs})

    assert "sub/dvc.yaml:train" in refusal.value.where


def test_complete_entry_has_params_and_keys_in_the_order_of_dvc():
    entry = {"outs": [{"size": 1, "md5": MD5, "path": "model.bin"}], "params": {"old": {}}, "cmd": "x"}

    completed = complete_entry(STAGE, entry, {"params.yaml": {"depth": 5}})

    assert list(completed) == ["cmd", "params", "outs"]
    assert list(completed["outs"][0]) == ["path", "md5", "size"]
    assert completed["params"] == {"params.yaml": {"depth": 5}}


def test_complete_entry_with_an_invalid_hash_is_refused():
    with pytest.raises(ContentError, match="not a hash"):
        complete_entry(STAGE, {"cmd": "x", "deps": [{"path": "x", "md5": "/etc/passwd"}]}, {})


def test_order_keys_keeps_unknown_keys_at_the_end():
    assert list(order_keys({"cloud": 1, "size": 1, "path": "x"})) == ["path", "size", "cloud"]


def test_lock_command_is_a_list_only_if_dvc_yaml_has_a_list():
    assert lock_command(Stage("a", ("x",))) == "x"
    assert lock_command(Stage("a", ("x",), cmd_is_list=True)) == ["x"]


def test_lock_path_is_beside_the_dvc_yaml_of_the_stage():
    assert lock_path("train") == "dvc.lock"
    assert lock_path("sub/dvc.yaml:train") == "sub/dvc.lock"


def test_relative_address_of_a_stage_in_another_folder_has_the_file():
    assert relative_address("sub/dvc.yaml:train", "sub") == "train"
    assert relative_address("train", "sub") == "../dvc.yaml:train"


def test_differences_name_the_command_dependencies_params_and_outputs_that_changed():
    locked = {
        "cmd": "old",
        "deps": [{"path": "../data/x.csv", "md5": MD5}],
        "params": {"params.yaml": {"depth": 4}},
    }
    inputs = {
        "cmd": "new",
        "deps": [{"path": "../data/x.csv", "md5": "1" * 32}, {"path": "y", "md5": MD5}],
        "params": {"params.yaml": {"depth": 5}},
    }

    assert list(differences(STAGE, locked, inputs)) == [
        "cmd changed",
        "../data/x.csv changed",
        "y is a new dependency",
        "depth: 4 → 5",
        "model.bin is a new output",
    ]


def test_differences_of_a_section_name_the_keys_that_changed():
    locked = {"cmd": "x", "params": {"params.yaml": {"draw": {"rows": 3, "word": "a", "old": None}}}}
    inputs = {"cmd": "x", "params": {"params.yaml": {"draw": {"rows": 3, "word": "b", "on": True}}}}

    assert list(differences(Stage("a", ("x",)), locked, inputs)) == [
        "draw.word: a → b",
        "draw.old: null → (none)",
        "draw.on: (none) → true",
    ]


def test_section_that_became_empty_is_a_difference():
    locked = {"cmd": "x", "params": {"params.yaml": {}}}
    inputs = {"cmd": "x", "params": {"params.yaml": {"draw": {}}}}

    assert list(differences(Stage("a", ("x",)), locked, inputs)) == ["draw changed"]


def test_differences_leave_out_what_the_stage_no_longer_declares():
    locked = {
        "cmd": "x",
        "deps": [{"path": "gone", "md5": MD5}],
        "params": {"params.yaml": {"gone": 1}},
        "outs": [{"path": "model.bin"}, {"path": "gone.bin"}],
    }

    assert list(differences(STAGE, locked, {"cmd": "x"})) == []
