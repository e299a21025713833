"""The candidates of a run: each is gathered from its part of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trimtab.pipeline.graph import Graph, candidate_graphs, check_candidates, find_maker
from trimtab.registry.provenance import find_artifact
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.published_artifacts import Publisher, with_published_artifacts


def gather_candidates(
    root: Path,
    graph: Graph,
    *,
    lineage: Mapping[str, str],
    publishers: Mapping[str, Publisher],
    seconds: Mapping[str, float] | None = None,
) -> list[Candidate]:
    """Gather all candidates of a run, before any of them is registered; the model itself comes first.

    Args:
        root: The project's root, in which the outputs are.
        graph: The project's pipeline.
        lineage: The lineage that the caller knows: see :class:`~trimtab.registry.tracking.Lineage`.
        publishers: The functions that the checkout declares, by name of the artifact.
        seconds: The run time of stages whose commands ran, by name.

    Raises:
        ConfigError: The checkout does not declare the function that an artifact names.
        GateError: No gate checks a model, or a gate did not pass or has no report.
        ProjectError: Candidates cannot be compared, an artifact is not declared or does not exist, the files
            do not come from one run, or a function fails.
    """
    check_candidates(graph)
    gathered, stages = [], model_stages(graph)
    for name, own in candidate_graphs(graph).items():
        known = {**lineage, "candidate": name} if name else lineage
        candidate = with_published_artifacts(Candidate.gather(root, own, lineage=known), own, publishers)
        train_seconds = (seconds or {}).get(stages.get(name, ""))
        gathered.append(replace(candidate, train_seconds=train_seconds))
    return gathered


def model_stages(graph: Graph) -> dict[str, str]:
    """Return the name of the stage that makes the model of each candidate, by the candidate's name."""
    makers = {}
    for name, own in candidate_graphs(graph).items():
        model = find_artifact(own, "model")
        maker = find_maker(own, model) if model else None
        if maker:
            makers[name] = maker.name
    return makers
