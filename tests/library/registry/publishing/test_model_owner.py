"""The pipeline that a registered model belongs to."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.publishing import publish, require_own_model


@pytest.fixture
def repository(tmp_path):
    for folder in (".git", "pipelines/a/.dvc", "pipelines/b/.dvc"):
        (tmp_path / "repository" / folder).mkdir(parents=True)
    return tmp_path / "repository"


@pytest.fixture
def published_by_b(client, made_project, repository):
    """The candidate of pipeline b, whose version is registered."""
    candidate = made_project.gather()
    publish(of_pipeline(candidate, repository, "b"))
    return candidate


def of_pipeline(candidate, repository, name, **changes):
    lineage = {**candidate.lineage, "pipeline": f"pipelines/{name}"}
    root = repository / "pipelines" / name
    return dataclasses.replace(candidate, root=root, lineage=lineage, **changes)


def test_version_records_the_folder_of_its_pipeline(client, published_by_b):
    tags = client.get_model_version(published_by_b.name, "1").tags
    assert tags["trimtab.pipeline"] == "pipelines/b"


def test_model_of_another_pipeline_is_refused_and_nothing_is_registered(
    client, runs, published_by_b, repository
):
    other = of_pipeline(published_by_b, repository, "a", key="another content")

    with pytest.raises(RegistryError, match="belongs to another pipeline: pipelines/b"):
        publish(other)

    assert len(client.search_model_versions(f"name = '{other.name}'")) == 1
    assert len(runs(other.name)) == 1


def test_pipeline_may_change_its_own_model(client, published_by_b, repository):
    require_own_model(client, published_by_b.name, repository / "pipelines" / "b")


def test_pipeline_that_has_moved_keeps_its_model(client, published_by_b, repository):
    shutil.move(repository / "pipelines" / "b", repository / "pipelines" / "c")
    require_own_model(client, published_by_b.name, repository / "pipelines" / "c")


def test_model_without_a_version_belongs_to_nobody(client, repository):
    require_own_model(client, "absent", repository / "pipelines" / "a")
