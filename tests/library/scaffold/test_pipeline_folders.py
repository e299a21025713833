"""A pipeline never overwrites anything, and leaves nothing if it cannot be finished."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.scaffold import require_free
from trimtab.scaffold.pipeline_folders import pipeline_paths, whole_or_nothing


def files_of(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("part", ["pipeline", "dags", "tests"])
def test_name_whose_folder_exists_is_refused(tmp_path, part):
    pipeline_paths(tmp_path, "late_orders")[part].mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"The folder exists: .*late_orders[\s\S]*another name"):
        require_free(tmp_path, "late_orders")


def test_name_without_folders_is_free(tmp_path):
    require_free(tmp_path, "late_orders")
    assert list(tmp_path.iterdir()) == []


def write_and_raise(repository, error):
    with whole_or_nothing(repository, "late_orders") as paths:
        for folder in paths.values():
            folder.mkdir(parents=True)
            (folder / "data").touch()
            (folder / "data").chmod(0o444)  # as DVC's cache has it
        (paths["tests"].parent / "__init__.py").touch()
        raise error


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize(
    "before", [(), ("dags",), ("pipelines/other", "dags/other", "tests/pipelines/other")]
)
def test_pipeline_that_fails_leaves_the_repository_as_it_was(tmp_path, before, error):
    for folder in before:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "kept.txt").touch()
    earlier = files_of(tmp_path)
    with pytest.raises(error):
        write_and_raise(tmp_path, error)
    assert files_of(tmp_path) == earlier


def test_pipeline_that_succeeds_stays(tmp_path):
    with whole_or_nothing(tmp_path, "late_orders") as paths:
        paths["dags"].mkdir(parents=True)
    assert paths["dags"].is_dir()
