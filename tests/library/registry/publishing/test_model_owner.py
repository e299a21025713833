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
def model_of_b(client, made_project):
    """The name of a model that pipeline b has registered."""
    made_project.publish()
    client.set_model_version_tag(made_project.name, "1", "trimtab.pipeline", "pipelines/b")
    return made_project.name


def test_only_the_pipeline_that_registered_a_model_may_change_it(client, model_of_b, repository):
    require_own_model(client, model_of_b, repository / "pipelines" / "b")
    with pytest.raises(RegistryError, match="belongs to another pipeline: pipelines/b") as refused:
        require_own_model(client, model_of_b, repository / "pipelines" / "a")
    assert refused.value.where == f"the artifact '{model_of_b}' of the pipeline pipelines/a"

    shutil.move(repository / "pipelines" / "b", repository / "pipelines" / "moved")
    require_own_model(client, model_of_b, repository / "pipelines" / "moved")


def test_version_of_a_model_of_another_pipeline_is_not_registered(client, runs, model_of_b, made_project):
    (made_project.root / ".git").mkdir()
    (made_project.root / "pipelines" / "b" / ".dvc").mkdir(parents=True)
    candidate = dataclasses.replace(made_project.gather(), key="another content")
    assert candidate.lineage["pipeline"] == "."

    with pytest.raises(RegistryError, match="belongs to another pipeline: pipelines/b"):
        publish(candidate)

    assert len(client.search_model_versions(f"name = '{model_of_b}'")) == 1
    assert len(runs(model_of_b)) == 1


def test_model_without_a_version_belongs_to_nobody(client, repository):
    require_own_model(client, "absent", repository / "pipelines" / "a")
