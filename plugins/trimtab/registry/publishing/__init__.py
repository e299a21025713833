"""Publish what a pipeline made: gather the candidate, log its MLflow run, register the model version."""

from __future__ import annotations

from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.model_artifacts import (
    INPUT_EXAMPLE_DECLARATION,
    MODEL_DECLARATION,
    candidate_stages,
    project_problem_type,
    read_model_name,
    read_model_trust,
    read_trusted_types,
    trusted_types,
)
from trimtab.registry.publishing.model_owner import require_own_model
from trimtab.registry.publishing.published_artifacts import (
    Published,
    load_publishers,
    with_published_artifacts,
)
from trimtab.registry.publishing.registration import publish, remove_run
from trimtab.registry.publishing.run_candidates import gather_candidates, model_stages
from trimtab.registry.publishing.uncommitted_changes import with_patch
from trimtab.registry.publishing.version_description import format_gain, set_headline

__all__ = [
    "INPUT_EXAMPLE_DECLARATION",
    "MODEL_DECLARATION",
    "Candidate",
    "Published",
    "candidate_stages",
    "format_gain",
    "gather_candidates",
    "load_publishers",
    "model_stages",
    "project_problem_type",
    "publish",
    "read_model_name",
    "read_model_trust",
    "read_trusted_types",
    "remove_run",
    "require_own_model",
    "set_headline",
    "trusted_types",
    "with_patch",
    "with_published_artifacts",
]
