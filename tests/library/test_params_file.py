"""YAML files, read as DVC reads them."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.params_file import load_yaml


def test_missing_file_error_says_where_to_run(tmp_path):
    with pytest.raises(ConfigError, match="does not exist") as error:
        load_yaml(tmp_path / "params.yaml")

    assert error.value.where == str(tmp_path / "params.yaml")
    assert "root folder" in error.value.fix


def test_folder_instead_of_a_params_file_is_refused(tmp_path):
    (tmp_path / "params.yaml").mkdir()

    with pytest.raises(ConfigError):
        load_yaml(tmp_path / "params.yaml")


def test_load_yaml_reads_the_values_that_dvc_reads(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("a: 1e-3\nb: 010\nc: yes\nd: on\ne: 1_000\nf: 12:30:00\n")

    from dvc.utils.serialize import parse_yaml

    assert load_yaml(path) == parse_yaml(path.read_text(), str(path))
