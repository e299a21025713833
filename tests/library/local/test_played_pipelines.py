"""The pipelines that the main job plays."""

from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.local.played_pipelines import played_pipelines, servers_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in (".git", "pipelines/stops/.dvc", "pipelines/trips/.dvc", "ml/old/.dvc"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_servers_of_each_pipeline_are_those_of_its_repository(root: Path) -> None:
    assert servers_root(root) == servers_root(root / "pipelines" / "stops") == root


def test_project_in_another_folder_has_servers_of_its_own(root: Path, tmp_path: Path) -> None:
    assert servers_root(root / "ml" / "old") == root / "ml" / "old"


def test_each_pipeline_is_played_from_the_root_and_one_in_its_folder(root: Path) -> None:
    assert played_pipelines(root, None) == ["stops", "trips"]
    assert played_pipelines(root / "pipelines" / "trips", None) == ["trips"]
    assert played_pipelines(root / "pipelines" / "trips", "stops") == ["stops"]


def test_project_without_other_pipelines_is_played(root: Path) -> None:
    assert played_pipelines(root / "ml" / "old", None) == ["."]


def test_unknown_pipeline_is_refused_with_the_closest_one(root: Path) -> None:
    with pytest.raises(ConfigError, match="no pipeline 'stop'; did you mean 'stops'") as refused:
        played_pipelines(root, "stop")
    assert refused.value.fix == "name one of stops, trips"
