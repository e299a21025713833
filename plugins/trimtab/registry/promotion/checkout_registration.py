"""What a checkout made, without Airflow: register it, compare it, promote it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trimtab.config import load_params
from trimtab.pipeline.git import pin
from trimtab.pipeline.graph import Graph
from trimtab.registry.promotion.comparison_summary import Approval, Decision
from trimtab.registry.promotion.comparison_window import label_of, test_window
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion import examine, promote
from trimtab.registry.provenance import artifact_file
from trimtab.registry.publishing import Candidate, publish, trusted_types, with_patch
from trimtab.registry.tracking import Version


def publish_checkout(root: Path, graph: Graph, *, reason: str, by: str) -> Version:
    """Register the model of a checkout whose pipeline has run.

    Changes that are not committed are kept with it as a patch on the commit, for ``git apply``.

    Args:
        root: The project's root, in a git repository.
        graph: Its pipeline.
        reason: Why the model was made.
        by: Who.

    Raises:
        GateError: A gate was not passed, or has no report.
        ProjectError: Nothing is committed, or the files are not one result.
        RegistryError: The server is away or refuses.
    """
    revision = pin(root)
    lineage = {"reason": reason, "by": by, "git_revision": revision.baseline}
    with with_patch(Candidate.gather(root, graph, lineage=lineage), root, revision) as candidate:
        return publish(candidate)


def promote_from_checkout(
    version: Version, root: Path, graph: Graph, *, by: str, ask: Callable[[str], Approval]
) -> Decision:
    """Compare a version on the checkout's newest labelled window, and promote it as the policy says.

    Anew, if another version became champion meanwhile.

    Args:
        version: The challenger.
        root: The project's root, in which the test window lies.
        graph: Its pipeline.
        by: Who.
        ask: Asks a person about a sentence, if the policy is ``approval``.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        ProjectError: The test window is not declared, or not there.
        RegistryError: A model cannot be loaded, or the server is away.
    """
    policy = load_params(PromotePolicy, "promote", root / "params.yaml")
    test, trusted = artifact_file(root, test_window(graph)), trusted_types(root)
    while True:
        examined = examine(version, policy, test=test, label=label_of(graph), trusted=trusted)
        asked = policy.policy == "approval" and examined.verdict in ("better", "a person decides")
        approval = ask(examined.sentence) if asked else None
        decision = promote(version, examined, policy, by=by, approval=approval)
        if decision:
            return decision
