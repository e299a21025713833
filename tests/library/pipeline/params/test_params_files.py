"""The params that a stage depends on, read from its params files."""

from __future__ import annotations

import os

import pytest

from trimtab.errors import StageError
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.params import ParamsFiles


@pytest.fixture
def files(tmp_path) -> ParamsFiles:
    (tmp_path / "params.yaml").write_text("train: {depth: 5, rate: 1e-3}\nname: first\n")
    (tmp_path / "p.toml").write_text("[t]\nx = 1\n")
    (tmp_path / "p.json").write_text('{"j": [1, 2]}')
    return ParamsFiles(tmp_path)


def test_params_of_a_stage_are_those_of_its_keys_in_the_order_of_dvc(files):
    stage = Stage("a", params={"p.toml": ("t.x",), "p.json": (), "params.yaml": ("train.rate", "name")})

    found = files.params_of(stage)

    assert found == {
        "params.yaml": {"name": "first", "train.rate": 0.001},
        "p.json": {"j": [1, 2]},
        "p.toml": {"t.x": 1},
    }
    assert list(found) == ["params.yaml", "p.json", "p.toml"]
    assert list(found["params.yaml"]) == ["name", "train.rate"]


def test_params_file_that_has_changed_is_read_again(files, tmp_path):
    stage = Stage("a", params={"params.yaml": ("name",)})
    files.params_of(stage)
    (tmp_path / "params.yaml").write_text("name: second\n")
    os.utime(tmp_path / "params.yaml", (1, 1))

    assert files.params_of(stage) == {"params.yaml": {"name": "second"}}


@pytest.mark.parametrize(
    ("file", "key", "message"),
    [
        (
            "params.yaml",
            "train.deepth",
            r"'train\.deepth' does not exist; did you mean 'train\.depth'",
        ),
        ("gone.yaml", "x", "The params file does not exist"),
        ("torn.yaml", "x", "The params file cannot be read"),
        ("date.yaml", "day", "DVC cannot hash the params"),
    ],
)
def test_params_that_cannot_be_read_are_refused_with_the_file_and_the_stage(
    files, tmp_path, file, key, message
):
    (tmp_path / "torn.yaml").write_text("a: [")
    (tmp_path / "date.yaml").write_text("day: 2013-05-01\n")

    with pytest.raises(StageError, match=message) as refusal:
        files.params_of(Stage("a", params={file: (key,)}))

    assert file in refusal.value.where
    assert "stage 'a'" in refusal.value.where
