"""The model and the pipeline that a command of the registry is about."""

from __future__ import annotations

import shutil

import pytest

from tests.library.pipeline.several_pipelines import add_pipeline, pipeline_files
from trimtab.cli.model_choice import choose_model, choose_pipeline, require_registered, several_pipelines
from trimtab.errors import ConfigError, ProjectError, RegistryError


@pytest.fixture
def repository(project, monkeypatch):
    """The root of a repository with the pipelines `a` and `b`, as the working directory."""
    a = project(pipeline_files("a", 1), folder="repository", below="pipelines/a")
    add_pipeline(a, "b", pipeline_files("b", 2))
    root = a.root.parents[1]
    monkeypatch.chdir(root)
    return root


def test_model_that_is_not_given_is_that_of_the_project(checkout):
    chosen = choose_model(None)
    assert (chosen.name, chosen.root) == (checkout.name, checkout.root)


def test_model_that_is_given_needs_no_project(client, contenders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = choose_model("contenders")
    assert (chosen.name, chosen.trust().types, chosen.problem_type().name) == ("contenders", (), "binary")


def test_unknown_model_is_refused_with_the_closest_one(client, contenders):
    with pytest.raises(RegistryError, match="'contender'; did you mean 'contenders'"):
        require_registered("contender")


def test_folder_without_a_project_has_no_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError):
        choose_model(None)


def test_trusted_types_are_those_that_the_project_lists(checkout):
    assert choose_model(None).trust().types == ()
    file = checkout.root / "dvc.yaml"
    file.write_text(file.read_text().replace("trusted_types: []", "trusted_types: [numpy.dtype]"))
    assert choose_model(None).trust().types == ("numpy.dtype",)


def test_pipeline_of_a_model_is_found_from_the_root_and_from_another_pipeline(repository, monkeypatch):
    assert choose_pipeline("model-b") == repository / "pipelines" / "b"
    monkeypatch.chdir(repository / "pipelines" / "a")
    assert choose_pipeline("model-b") == repository / "pipelines" / "b"
    assert choose_pipeline() == repository / "pipelines" / "a"


def test_root_of_several_pipelines_without_a_model_is_refused_with_their_names(repository):
    assert [pipeline.name for pipeline in several_pipelines()] == ["a", "b"]
    with pytest.raises(ConfigError, match="several pipelines") as refused:
        choose_pipeline()
    assert refused.value.where == "models: model-a, model-b"
    assert "--model" in refused.value.fix


def test_model_that_no_pipeline_declares_is_refused_with_the_closest_one(repository):
    (repository / "pipelines" / "a" / "dvc.yaml").write_text("stages: [")
    with pytest.raises(ConfigError, match="'model-bb'; did you mean 'model-b'") as refused:
        choose_pipeline("model-bb")
    assert "pipeline 'a' cannot be read" in refused.value.where


def test_broken_pipeline_does_not_hide_the_model_of_another(repository):
    (repository / "pipelines" / "a" / "dvc.yaml").write_text("stages: [")
    assert choose_pipeline("model-b") == repository / "pipelines" / "b"


def test_model_that_two_pipelines_declare_is_refused_at_the_root_and_found_in_their_folders(
    repository, monkeypatch
):
    file = repository / "pipelines" / "a" / "dvc.yaml"
    file.write_text(file.read_text().replace("model-a", "model-b"))
    with pytest.raises(ConfigError, match="2 pipelines declare the model 'model-b'"):
        choose_pipeline("model-b")
    for name in ("a", "b"):
        monkeypatch.chdir(repository / "pipelines" / name)
        assert choose_pipeline("model-b") == repository / "pipelines" / name


def test_only_pipeline_of_a_repository_needs_no_name_at_the_root(repository):
    shutil.rmtree(repository / "pipelines" / "a")
    assert choose_pipeline() == choose_pipeline("model-b") == repository / "pipelines" / "b"
    assert several_pipelines() == ()


def test_renamed_model_keeps_the_project_in_the_working_directory(checkout):
    checkout.publish()
    file = checkout.root / "dvc.yaml"
    file.write_text(file.read_text().replace(f"  {checkout.name}: ", "  renamed: "))
    assert choose_model(checkout.name).root == checkout.root
    with pytest.raises(ConfigError, match="No pipeline declares the model"):
        choose_pipeline(checkout.name)


def test_project_in_another_folder_of_the_repository_is_its_own(repository, monkeypatch):
    project = repository / "ml" / "old"
    shutil.copytree(repository / "pipelines" / "a", project)
    (project / "dvc.yaml").write_text((project / "dvc.yaml").read_text().replace("model-a", "model-old"))
    monkeypatch.chdir(project)
    assert choose_pipeline("model-old") == choose_pipeline() == project
