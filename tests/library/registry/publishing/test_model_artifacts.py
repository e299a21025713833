"""What dvc.yaml declares of a model."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.registry.provenance.artifacts import find_artifact
from trimtab.registry.publishing.model_artifacts import (
    candidate_artifacts,
    candidate_stages,
    read_model_name,
    read_trusted_types,
    trusted_types,
)


@pytest.mark.parametrize("type_", ["model", "input-example"])
def test_candidate_is_refused_with_the_line_to_add_when_an_artifact_is_not_declared(project, type_):
    with pytest.raises(ProjectError, match=f"type: {type_}"):
        project.declare(type_, type="other").gather()


def test_candidate_is_refused_when_two_artifacts_have_the_type_model(project):
    with pytest.raises(ProjectError, match="Several artifacts"):
        project.declare("drift-reference", type="model").gather()


@pytest.mark.parametrize("name", ["sub/flights", "flights' or name = 'x", "a:b", "50%"])
def test_candidate_is_refused_when_mlflow_does_not_accept_its_name(project, name):
    with pytest.raises(ProjectError, match="does not accept"):
        project.declare("model", name=name).gather()


def test_model_name_and_trusted_types_are_read_from_the_checkout(project):
    file = project.root / "dvc.yaml"
    file.write_text(file.read_text().replace("trusted_types: []", "trusted_types: [numpy.dtype]"))

    assert read_model_name(project.root) == "flights"
    assert trusted_types(project.root) == ("numpy.dtype",)


@pytest.mark.parametrize("types", ["numpy.dtype", [1], {"numpy.dtype": True}])
def test_trusted_types_that_are_no_list_of_names_are_refused(template, types):
    model = find_artifact(template.declare("model", meta={"trusted_types": types}).graph, "model")

    with pytest.raises(ProjectError, match="trusted_types is no list of names"):
        read_trusted_types(model)


def test_candidate_has_the_optional_artifacts_only_if_they_are_declared(template):
    assert {*candidate_artifacts(template.graph)} == {
        "model",
        "input-example",
        "drift-reference",
        "training-history",
    }
    assert "drift-reference" not in candidate_artifacts(template.declare("drift-reference", type="x").graph)


def test_candidate_stages_have_gates_plots_and_all_upstream_stages(template):
    names = {stage.name for stage in candidate_stages(template.graph).stages}

    assert names == {"validate_raw", "train", "evaluate", "validate_model"}
