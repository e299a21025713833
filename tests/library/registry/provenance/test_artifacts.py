"""Artifacts that dvc.yaml declares, found by type."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.registry.provenance.artifacts import artifact_file, find_artifact, require_artifact


def test_artifact_is_found_by_its_type_and_none_if_it_is_not_declared(template):
    assert find_artifact(template.graph, "drift-reference").path == "models/reference.json"
    assert find_artifact(template.graph, "poster") is None


def test_artifact_type_that_is_declared_twice_is_refused_with_both_names(template):
    twice = template.declare("drift-reference", type="model")

    with pytest.raises(ProjectError, match="Several artifacts have the type 'model': flights, flights-ref"):
        find_artifact(twice.graph, "model")


def test_artifact_that_is_required_is_refused_with_the_line_to_add(template):
    with pytest.raises(ProjectError, match=r"No artifact has the type 'poster'[\s\S]*`p: \{path: p.svg\}`"):
        require_artifact(template.graph, "poster", "p: {path: p.svg}")


def test_artifact_file_that_does_not_exist_is_refused_with_a_fix(template, tmp_path):
    model = find_artifact(template.graph, "model")

    assert artifact_file(template.root, model) == template.root / "models/flights.skops"
    with pytest.raises(ProjectError, match=r"'flights' does not exist[\s\S]*run `dvc repro`, or `dvc pull`"):
        artifact_file(tmp_path, model)
