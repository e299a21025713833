"""The pipelines of a repository, each a DVC project of its own."""

from pathlib import Path

import pytest
from dvc.repo import Repo

from trimtab.pipeline.graph.repository import Pipeline, find_pipelines

DVC_YAML = """\
stages: {{train: {{cmd: touch model.skops, outs: [model.skops]}}}}
artifacts:
  {name}: {{path: model.skops, type: model}}
  {name}-rolling: {{path: model.skops, type: model, meta: {{candidate: rolling}}}}
  {name}-reference: {{path: model.skops, type: drift-reference}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        folder = tmp_path / "pipelines" / name
        folder.mkdir(parents=True)
        Repo.init(str(folder), no_scm=True).close()
        (folder / "dvc.yaml").write_text(DVC_YAML.format(name=f"model-{name}"))
    return tmp_path


def test_pipelines_are_listed_with_the_models_they_declare(repository: Path) -> None:
    assert find_pipelines(repository) == [
        Pipeline("a", repository / "pipelines" / "a", ("model-a",)),
        Pipeline("b", repository / "pipelines" / "b", ("model-b",)),
    ]


@pytest.mark.parametrize("broken", ["stages: [", "stages: {train: {cmd: a, unknown: 1}}", "<<<<<<< HEAD\n"])
def test_pipeline_that_dvc_refuses_is_listed_with_its_error_beside_the_others(
    repository: Path, broken: str
) -> None:
    (repository / "pipelines" / "a" / "dvc.yaml").write_text(broken)

    refused, other = find_pipelines(repository)

    assert (refused.name, refused.models) == ("a", ())
    assert refused.error
    assert refused.error.where == str(repository / "pipelines" / "a" / "dvc.yaml")
    assert (other.models, other.error) == (("model-b",), None)
