"""A pipeline never overwrites anything."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.scaffold import require_free
from trimtab.scaffold.pipeline_creation import pipeline_paths


@pytest.mark.parametrize("part", ["pipeline", "dags", "tests"])
def test_name_whose_folder_exists_is_refused(tmp_path, part):
    pipeline_paths(tmp_path, "late_orders")[part].mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"The folder exists: .*late_orders[\s\S]*another name"):
        require_free(tmp_path, "late_orders")


def test_name_without_folders_is_free(tmp_path):
    require_free(tmp_path, "late_orders")
    assert list(tmp_path.iterdir()) == []
