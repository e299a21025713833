"""Register, compare and promote the candidates of a checkout, without Airflow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from trimtab.config import load_params
from trimtab.errors import RegistryError
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.git import pin_revision
from trimtab.pipeline.graph import Graph, declared_dependence, declared_problem_type, declared_weight
from trimtab.registry.promotion.candidate_comparison import ComparedCandidate, compare_candidates
from trimtab.registry.promotion.comparison_summary import Approval, PromotionDecision
from trimtab.registry.promotion.comparison_window import read_label_column, require_test_window
from trimtab.registry.promotion.promote_metric import find_promote_metric, promote_metrics
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion import promote_best
from trimtab.registry.provenance import artifact_file
from trimtab.registry.publishing import (
    gather_candidates,
    load_publishers,
    publish,
    read_model_trust,
    with_patch,
)
from trimtab.registry.signing import find_signer, required_keys
from trimtab.registry.tracking import Version, connection


def publish_checkout(root: Path, graph: Graph, *, reason: str, by: str) -> list[Version]:
    """Register the candidates of a checkout whose pipeline has run; the model itself comes first.

    Uncommitted changes are published with them as a patch on the commit, for ``git apply``.

    Args:
        root: The project's root, in a git repository.
        graph: The project's pipeline.
        reason: Why the models were made.
        by: The user.

    Raises:
        ConfigError: The policy requires a signature and no key is set, or the key is not trusted.
        GateError: A gate did not pass, or has no report.
        ProjectError: The repository has no commit, or the files do not come from one run.
        RegistryError: The server does not answer, or refuses a request.
    """
    signer, revision = find_signer(root), pin_revision(root)
    lineage = {"reason": reason, "by": by, "git_revision": revision.baseline}
    versions = []
    for gathered in gather_candidates(root, graph, lineage=lineage, publishers=load_publishers(root)):
        with with_patch(gathered, root, revision) as candidate:
            versions.append(publish(candidate, signer=signer))
    return versions


def find_checkout_versions(root: Path, graph: Graph) -> list[Version]:
    """Return the versions that were registered from what a checkout holds; the model itself comes first.

    Args:
        root: The project's root.
        graph: The project's pipeline.

    Raises:
        GateError: A gate did not pass, or has no report.
        ProjectError: The files do not come from one run.
        RegistryError: A candidate is not registered, or the server does not answer.
    """
    candidates = gather_candidates(root, graph, lineage={}, publishers=load_publishers(root))
    versions, signed_by = [], {key.fingerprint for key in required_keys(root)}
    with connection() as client:
        for candidate in candidates:
            version = Version.find_by_key(client, candidate.name, candidate.key, signed_by=signed_by)
            if version is None:
                name = candidate.lineage.get("candidate", candidate.name)
                raise RegistryError(
                    f"The model '{name}' of this checkout is not registered",
                    where=f"MLflow: registered model '{candidate.name}', content key {candidate.key[:12]}",
                    fix="register it with `trimtab publish`",
                )
            versions.append(version)
    return versions


def compare_checkout(versions: Sequence[Version], root: Path, graph: Graph) -> list[ComparedCandidate]:
    """Compare the candidates of a checkout with the champion, on its newest labelled window.

    Args:
        versions: The versions that were registered from the checkout.
        root: The project's root, in which the test window is.
        graph: The project's pipeline.

    Returns:
        The candidates; the one that goes on comes first.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        ProjectError: The test window is not declared, or does not exist.
        RegistryError: A model cannot be loaded, or the server does not answer.
    """
    problem, policy = declared_problem_type(graph), _promote_policy(root)
    return compare_candidates(
        versions,
        policy,
        test=artifact_file(root, require_test_window(graph)),
        label=read_label_column(graph),
        metric=find_promote_metric(policy, promote_metrics(root, problem), problem),
        trusted=read_model_trust(root),
        problem=problem,
        dependence=declared_dependence(graph),
        weight=declared_weight(graph),
    )


def promote_from_checkout(
    versions: Sequence[Version],
    root: Path,
    graph: Graph,
    *,
    by: str,
    ask: Callable[[str], Approval],
    find_freeze: Callable[[], str],
) -> PromotionDecision:
    """Compare the candidates of a checkout, and promote the best one if the policy allows.

    If another version becomes champion meanwhile, they are compared again.

    Args:
        versions: The versions that were registered from the checkout.
        root: The project's root, in which the test window is.
        graph: The project's pipeline.
        by: The user.
        ask: Asks a person to approve; called with the verdict, if the policy is ``approval``, or if
            promotions are frozen.
        find_freeze: Returns why no version is promoted automatically; an empty text if promotions go on.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        ProjectError: The test window is not declared, or does not exist.
        RegistryError: A model cannot be loaded, or the server does not answer.
    """
    policy, trusted = _promote_policy(root), read_model_trust(root)
    while True:
        compared = compare_checkout(versions, root, graph)
        best, frozen = compared[0].summary, find_freeze()
        asks = policy.policy == "approval" or (policy.policy == "automatic" and frozen)
        needs_approval = asks and best.verdict in ("better", "a person decides")
        question = f"{best.sentence}. But {frozen}" if frozen else best.sentence
        approval = ask(question) if needs_approval else None
        decision = promote_best(
            compared, policy, by=by, approval=approval, frozen=frozen, trusted=trusted, root=root
        )
        if decision:
            return decision


def _promote_policy(root: Path) -> PromotePolicy:
    return load_params(PromotePolicy, "promote", root / PARAMS_FILE)
