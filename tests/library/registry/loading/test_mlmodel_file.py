"""The file MLmodel of a downloaded model."""

from __future__ import annotations

import pytest

from tests.library.registry.fixtures import STRONG
from tests.library.registry.rows import FEATURES
from trimtab.errors import RegistryError
from trimtab.registry import Version
from trimtab.registry.loading import ModelTrust
from trimtab.registry.loading.download import download_model
from trimtab.registry.loading.mlmodel_file import read_input_example, read_signature

DEEP = "a: " + "[" * 3000 + "]" * 3000

EXAMPLE = "flavors: {}\nsaved_input_example_info: {artifact_path: %s, type: dataframe}\n"


@pytest.mark.parametrize(
    ("mlmodel", "problem"),
    [
        ("flavors: {}", "does not name the columns it reads"),
        ("signature: 7", "does not name the columns it reads"),
        ("signature: {inputs: '[{]'}", "MLmodel cannot be read"),
        ("a: &a [x]\nb: !!python/object/apply:os.system [touch canary]", "MLmodel cannot be read"),
        ("[1]", "MLmodel cannot be read"),
        (DEEP, "MLmodel cannot be read"),
        (" " * (5 << 20), "MLmodel has 5,242,880 bytes"),
    ],
    ids=["none", "number", "json", "object", "list", "deep", "large"],
)
def test_mlmodel_file_that_an_attacker_registered_is_refused_and_executes_nothing(
    tmp_path, monkeypatch, mlmodel, problem
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "MLmodel").write_text(mlmodel)
    with pytest.raises(RegistryError, match=problem):
        read_signature(Version("m", 1, "r", False, "", {}, {}), tmp_path)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("path", ["../secret.json", "/etc/passwd", "link.json", "absent.json", "[a]"])
def test_input_example_is_refused_when_it_lies_outside_of_the_model_folder(tmp_path, path):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "MLmodel").write_text(EXAMPLE % path)
    with pytest.raises(RegistryError, match="no file of the model"):
        read_input_example(Version("m", 1, "r", False, "", {}, {}), folder)


def test_input_example_and_signature_of_a_registered_model_are_read(client, contenders, tmp_path):
    folder = download_model(contenders[STRONG], tmp_path / "model", ModelTrust())

    assert list(read_input_example(contenders[STRONG], folder).columns) == FEATURES
    assert read_signature(contenders[STRONG], folder).inputs.input_names() == FEATURES


def test_model_without_an_input_example_has_none(tmp_path):
    (tmp_path / "MLmodel").write_text("flavors: {}")

    assert read_input_example(Version("m", 1, "r", False, "", {}, {}), tmp_path) is None
