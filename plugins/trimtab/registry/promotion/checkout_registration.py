"""Register, compare and promote the model of a checkout, without Airflow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trimtab.config import load_params
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.git import pin_revision
from trimtab.pipeline.graph import Graph, declared_dependence, declared_problem_type
from trimtab.registry.promotion.comparison_summary import Approval, PromotionDecision
from trimtab.registry.promotion.comparison_window import read_label_column, require_test_window
from trimtab.registry.promotion.promote_metric import find_promote_metric, promote_metrics
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion import compare_with_champion, promote
from trimtab.registry.provenance import artifact_file
from trimtab.registry.publishing import (
    Candidate,
    load_publishers,
    publish,
    trusted_types,
    with_patch,
    with_published_artifacts,
)
from trimtab.registry.tracking import Version


def publish_checkout(root: Path, graph: Graph, *, reason: str, by: str) -> Version:
    """Register the model of a checkout whose pipeline has run.

    Uncommitted changes are published with it as a patch on the commit, for ``git apply``.

    Args:
        root: The project's root, in a git repository.
        graph: The project's pipeline.
        reason: Why the model was made.
        by: The user.

    Raises:
        GateError: A gate did not pass, or has no report.
        ProjectError: The repository has no commit, or the files do not come from one run.
        RegistryError: The server does not answer, or refuses a request.
    """
    revision = pin_revision(root)
    lineage = {"reason": reason, "by": by, "git_revision": revision.baseline}
    gathered = Candidate.gather(root, graph, lineage=lineage)
    published = with_published_artifacts(gathered, graph, load_publishers(root))
    with with_patch(published, root, revision) as candidate:
        return publish(candidate)


def promote_from_checkout(
    version: Version, root: Path, graph: Graph, *, by: str, ask: Callable[[str], Approval]
) -> PromotionDecision:
    """Compare a version on the newest labelled window of the checkout, and promote it if the policy allows.

    If another version becomes champion meanwhile, it is compared again.

    Args:
        version: The challenger.
        root: The project's root, in which the test window is.
        graph: The project's pipeline.
        by: The user.
        ask: Asks a person to approve; called with the verdict, if the policy is ``approval``.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        ProjectError: The test window is not declared, or does not exist.
        RegistryError: A model cannot be loaded, or the server does not answer.
    """
    problem, policy = declared_problem_type(graph), load_params(PromotePolicy, "promote", root / PARAMS_FILE)
    metric = find_promote_metric(policy, promote_metrics(root, problem), problem)
    test, trusted = artifact_file(root, require_test_window(graph)), trusted_types(root)
    label, dependence = read_label_column(graph), declared_dependence(graph)
    while True:
        compared = compare_with_champion(
            version,
            policy,
            test=test,
            label=label,
            metric=metric,
            trusted=trusted,
            problem=problem,
            dependence=dependence,
        )
        needs_approval = policy.policy == "approval" and compared.verdict in ("better", "a person decides")
        approval = ask(compared.sentence) if needs_approval else None
        decision = promote(version, compared, policy, by=by, approval=approval)
        if decision:
            return decision
