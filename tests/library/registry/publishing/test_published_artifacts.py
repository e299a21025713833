"""Artifacts that functions of the project publish: what is logged, and what is refused."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.library.extending_page import extension_of
from trimtab.errors import ConfigError, ProjectError
from trimtab.pipeline.graph import Artifact, Project
from trimtab.registry import Candidate, Published, load_publishers, publish, with_published_artifacts
from trimtab.registry.promotion.checkout_registration import publish_checkout
from trimtab.registry.publishing.published_artifacts import Publisher
from trimtab.registry.tracking import require_tags

NAME = "shop.plots:publish"
PLOTS = Artifact("plots", "reports/plots", "plots", meta={"publish": NAME})


def declared(project, artifact=PLOTS):
    graph = dataclasses.replace(project.graph, artifacts=(*project.graph.artifacts, artifact))
    return dataclasses.replace(project, graph=graph)


def published(project, made, *, name=NAME):
    """Publish the plots with a function that returns `made`, or calls it with the artifact's path."""
    function = made if callable(made) else lambda path: made
    publishers = {"plots": Publisher(name, function)}
    return with_published_artifacts(project.gather(), project.graph, publishers)


def curve(path):
    return Published(
        metrics={"size": np.float32(2)}, tags={"unit": "loss"}, files=[path / "learning_curve.csv"]
    )


def test_published_metrics_tags_and_files_have_names_of_their_own(project):
    project = declared(project)
    before, after = project.gather(), published(project, curve)
    assert dict(after.metrics) == {**before.metrics, "plots.size": 2.0}
    assert after.tags == {"published.plots.unit": "loss"}
    assert dict(after.files) == dict(before.files)  # which have the folder as a whole


def test_version_has_published_metrics_and_tags_under_its_seal(client, project):
    version = publish(published(declared(project), curve))
    held = client.get_model_version(version.name, str(version.version))
    assert held.tags["trimtab.published.plots.unit"] == "loss"
    assert client.get_run(version.run_id).data.metrics["plots.size"] == 2.0


def test_project_without_published_artifacts_keeps_its_candidate(project):
    candidate = project.gather()
    assert with_published_artifacts(candidate, project.graph, {}) == candidate


def test_artifact_of_a_stage_without_one_makes_that_stage_part_of_the_candidate(project):
    graph = declared(project, Artifact("windows", "reports/plots", meta={"publish": NAME})).graph
    assert "reports/plots" in Candidate.paths(graph)


def test_artifact_that_no_stage_makes_is_refused(project):
    loose = declared(project, Artifact("plots", "made/plots", meta={"publish": NAME}))
    with pytest.raises(ProjectError, match="no stage makes made/plots"):
        loose.gather()


@pytest.mark.parametrize("publishers", [{}, {"plots": Publisher("shop.plots:other", curve)}])
def test_function_that_the_checkout_does_not_declare_for_the_artifact_is_refused(project, publishers):
    project = declared(project)
    with pytest.raises(ConfigError, match=f"does not declare '{NAME}' for the artifact 'plots'"):
        with_published_artifacts(project.gather(), project.graph, publishers)


def test_name_of_another_form_is_refused(project):
    project = declared(project, Artifact("plots", "reports/plots", meta={"publish": ["a:b"]}))
    with pytest.raises(ConfigError, match="does not have the form `module:name`"):
        published(project, curve)


def test_function_that_raises_is_refused_with_its_name(project):
    with pytest.raises(ProjectError, match=f"'{NAME}' fails on the artifact 'plots': ZeroDivisionError"):
        published(declared(project), lambda path: 1 / 0)


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (None, "it returns None"),
        ({"size": 2}, "it returns {'size': 2}"),
        (Published(metrics=["size"]), "its metrics or tags are no mapping"),
        (Published(files="/etc/passwd"), "its files no paths"),
        (Published(metrics={"size": float("nan")}), "the metric 'size' is no finite number"),
        (Published(metrics={"size": "2"}), "the metric 'size' is no finite number"),
        (Published(metrics={"a b": 2.0}), "a name has other characters"),
        (Published(tags={"../key": "x"}), "a name has other characters"),
        (Published(tags={"unit": 2}), "the tag 'unit' is no text"),
        (Published(tags={"unit": "x" * 5001}), "the tag 'unit' is no text"),
        (Published(files=[Path("/etc/passwd")]), "the file is not in the artifact: /etc/passwd"),
        (Published(files=[Path("../metrics.json")]), "the file is not in the artifact"),
        (Published(files=[Path("nowhere.csv")]), "the file is not in the artifact"),
    ],
    ids=[
        "nothing",
        "mapping",
        "list-of-metrics",
        "text-of-files",
        "nan",
        "text-as-metric",
        "space-in-name",
        "slash-in-name",
        "number-as-tag",
        "long-tag",
        "file-elsewhere",
        "file-beside",
        "no-file",
    ],
)
def test_nonsense_of_a_function_is_refused(project, made, problem):
    with pytest.raises(ProjectError, match=r"cannot be published") as refused:
        published(declared(project), made)
    assert problem in str(refused.value)


def test_metric_with_the_name_of_another_one_is_refused(project):
    project = declared(project, dataclasses.replace(PLOTS, name="model"))
    publishers = {"model": Publisher(NAME, lambda path: Published(metrics={"roc_auc": 1.0}))}
    with pytest.raises(ProjectError, match=r"another metric has the name 'model.roc_auc'"):
        with_published_artifacts(project.gather(), project.graph, publishers)


COSTS_STAGE = """
  costs:
    cmd: mkdir -p reports && cp made/costs.json reports/
    deps: [made/costs.json]
    outs: [reports/costs.json]
artifacts:
"""


@pytest.fixture
def with_costs(checkout):
    """A checkout with the extension of docs/extending.md, whose pipeline has run."""
    root, pipeline = checkout.root, checkout.root / "dvc.yaml"
    with extension_of("An artifact to publish", root) as (declaration,):
        (root / "made/costs.json").write_text('{"total": 12.5, "currency": "EUR"}')
        text = pipeline.read_text().replace("\nartifacts:\n", COSTS_STAGE)
        pipeline.write_text(text + declaration.partition("artifacts:\n")[2])
        checkout.repro()
        yield checkout


def test_artifact_of_the_page_is_published_with_the_version(client, with_costs):
    graph = Project(with_costs.root).graph()
    (version,) = publish_checkout(with_costs.root, graph, reason="costs", by="alice")
    run = client.get_run(version.run_id)
    assert run.data.metrics["costs.total"] == 12.5
    assert version.tags["trimtab.published.costs.currency"] == "EUR"
    assert [file.path for file in client.list_artifacts(version.run_id, "reports")].count(
        "reports/costs.json"
    ) == 1
    require_tags(version)
    (again,) = publish_checkout(with_costs.root, graph, reason="again", by="alice")
    assert again.version == version.version


def test_publishers_are_those_that_the_checkout_declares(with_costs):
    publishers = load_publishers(with_costs.root)
    assert {name: publisher.extension for name, publisher in publishers.items()} == {
        "costs": "extensions.costs:publish"
    }


@pytest.mark.slow
def test_function_that_publishes_other_values_of_the_same_content_makes_another_version(client, with_costs):
    graph = Project(with_costs.root).graph()
    (before,) = publish_checkout(with_costs.root, graph, reason="costs", by="alice")
    module = with_costs.root / "extensions/costs.py"
    module.write_text(module.read_text().replace('costs["total"]', '2 * costs["total"]'))
    sys.modules.pop("extensions.costs")

    (after,) = publish_checkout(with_costs.root, graph, reason="corrected", by="alice")

    assert after.version == before.version + 1
    assert client.get_run(after.run_id).data.metrics["costs.total"] == 25
