"""The folders of a repository's pipelines."""

from pathlib import Path

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Project
from trimtab.pipeline.graph.pipeline_folders import find_pipeline_folders, find_repository, pipeline_path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two pipelines, and a folder of stage code."""
    for folder in (".git", "pipelines/b/.dvc", "pipelines/a/.dvc", "pipelines/shared"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_pipelines_are_the_folders_that_hold_a_dvc_project(repository: Path) -> None:
    below = repository / "pipelines"
    (below / "link").symlink_to(below / "a")
    (below / "notes.md").write_text("")
    assert find_pipeline_folders(repository) == {"a": below / "a", "b": below / "b"}


def test_root_is_a_pipeline_only_with_its_own_dvc_yaml(repository: Path) -> None:
    (repository / ".dvc").mkdir()
    assert list(find_pipeline_folders(repository)) == ["a", "b"]
    (repository / "dvc.yaml").write_text("")
    assert list(find_pipeline_folders(repository)) == [".", "a", "b"]


def test_folder_without_pipelines_has_none(tmp_path: Path) -> None:
    assert find_pipeline_folders(tmp_path) == {}


def test_path_of_a_pipeline_is_relative_to_its_repository(repository: Path) -> None:
    assert find_repository(repository / "pipelines" / "a") == repository
    assert pipeline_path(repository / "pipelines" / "a") == "pipelines/a"
    assert pipeline_path(repository) == "."


def test_root_of_a_repository_that_is_no_project_names_its_pipelines(repository: Path) -> None:
    with pytest.raises(ProjectError) as refused:
        Project(repository)
    assert refused.value.fix == "go to the folder of a pipeline: pipelines/a, pipelines/b"
