"""A new pipeline from the user's own table: stages, params, expectations, checks, DAGs and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.scaffold.guess import Guess
    from trimtab.scaffold.pipeline_creation import CreatedPipeline, create_pipeline
    from trimtab.scaffold.pipeline_design import PipelineDesign, Request, design_pipeline, require_name
    from trimtab.scaffold.pipeline_folders import require_free

__all__ = [
    "CreatedPipeline",
    "Guess",
    "PipelineDesign",
    "Request",
    "create_pipeline",
    "design_pipeline",
    "require_free",
    "require_name",
]

__getattr__ = lazy_names(
    __name__,
    {
        "guess": ["Guess"],
        "pipeline_creation": ["CreatedPipeline", "create_pipeline"],
        "pipeline_folders": ["require_free"],
        "pipeline_design": ["PipelineDesign", "Request", "design_pipeline", "require_name"],
    },
)
