"""The proof of a version from its record: the commit, the hashes in its lock file, its gates' reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.graph import Graph, candidate_graph
from trimtab.pipeline.lock import LOCK_FILE
from trimtab.pipeline.record import check_out_outputs
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.environments.target_environment import TargetEnvironment, read_policy
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.loading import has_registered_locks
from trimtab.registry.publishing import (
    Candidate,
    load_publishers,
    trusted_types,
    with_published_artifacts,
)
from trimtab.registry.rebuild import checkout_version, find_commit, rebuild
from trimtab.registry.tracking import (
    RESTORE,
    MlflowClient,
    TagName,
    Version,
    connection,
    hash_model,
    require_tags,
)

NOTHING = "nothing has been promoted"
# Lineage that the version keeps. The rest comes from the lock file and from dvc.yaml.
KEPT: tuple[TagName, ...] = (
    "reason",
    "by",
    "candidate",
    "dag_run",
    "dag_run_url",
    "git_revision",
    "record",
)


@dataclass(frozen=True)
class Proof:
    """A version that was proved from its record, in a checkout of its commit.

    Attributes:
        tree: The checkout.
        graph: The part of its pipeline that the model comes from.
        candidate: What is registered in the target: the files have the hashes of the lock file, and the
            gates passed.
        commit: The commit.
        approved: The entry of the source's ledger that made the version champion there.
        compared: What a rebuild compared, for people; empty without a rebuild.
    """

    tree: WorkTree
    graph: Graph
    candidate: Candidate
    commit: str
    approved: LedgerEntry
    compared: tuple[str, ...]


@contextmanager
def prove(
    root: Path,
    version: Version,
    target: TargetEnvironment,
    *,
    source: str,
    log_line: Callable[[str], None] | None,
) -> Iterator[Proof]:
    """Prove a version from its record. Nothing is written anywhere.

    Args:
        root: The project's root.
        version: The version, in the registry of the environment variables.
        target: Where it will be promoted.
        source: The address of the version's registry.
        log_line: Called with each line of the stages; without it nothing is rebuilt, and hashes decide.

    Yields:
        The proof, while its checkout exists, which is the working directory then.

    Raises:
        GateError: A gate did not pass, or has no report.
        ProjectError: The files do not come from one run.
        RegistryError: The version was never champion or was rolled back from, its policy was looser, its
            commit cannot be reached, a hash differs, or a rebuild gave something else.
        StageError: A content is in no remote.
    """
    compared: tuple[str, ...] = ()
    with connection() as client:
        require_tags(version)
        approved = _approval(client, version, target)
        commit, _ = find_commit(root, version)
        _refuse_uncommitted(version)
        if log_line:
            compared = _rebuild(root, version, log_line)
        with checkout_version(root, client, version, to_run=True) as tree:
            _require_policy(tree, version, target)
            graph = candidate_graph(graph_in(tree), version.tag("candidate"))
            _require_lock(tree, version, commit)
            candidate = _gather(root, tree, graph, version, source)
            yield Proof(tree, graph, candidate, commit, approved, compared)


def _approval(client: MlflowClient, version: Version, target: TargetEnvironment) -> LedgerEntry:
    """Return the entry by which a version became champion in its own registry."""
    ledger = Ledger.read(client, version.name)
    ledger.require_intact()
    entries = [
        entry for entry in ledger.entries if entry.champion == version.version and entry.how == "promoted"
    ]
    if not entries or version.version in ledger.retired:
        what = "was rolled back from" if entries else "was never promoted"
        raise RegistryError(
            f"{version} {what} in its own registry",
            where=f"MLflow: registered model '{version.name}'",
            fix=f"promote it there first, or choose another version; {NOTHING}",
        )
    approved = entries[-1]
    if target.policy.policy != "automatic" and not approved.person:
        raise RegistryError(
            f"{version} was promoted by a looser policy: no person approved it, and promote.policy is"
            f" '{target.policy.policy}'",
            where=f"MLflow: ledger of '{version.name}', entry {approved.key}",
            fix=f"`trimtab promote {version.version}` in its own registry, with a reason; {NOTHING}",
        )
    return approved


def _refuse_uncommitted(version: Version) -> None:
    if version.tag("uncommitted"):
        raise RegistryError(
            f"{version} was published with uncommitted changes: no reviewed commit has its code",
            where=f"MLflow: {version.uri}",
            fix=f"commit them, run the pipeline and promote that version; {NOTHING}",
        )


def _rebuild(root: Path, version: Version, log_line: Callable[[str], None]) -> tuple[str, ...]:
    rebuilt = rebuild(root, version, log_line=log_line)
    if not rebuilt.identical:
        first = rebuilt.differences[0].what if rebuilt.differences else rebuilt.stopped
        raise RegistryError(
            f"A rebuild of {version} gave something else: {first}",
            where=f"{root}: commit {rebuilt.commit[:12]}",
            fix=f"`trimtab rebuild {version.version}` shows all differences; {NOTHING}",
        )
    return rebuilt.compared


def _require_policy(tree: WorkTree, version: Version, target: TargetEnvironment) -> None:
    """Refuse a version whose record has a looser policy than the commit that promotes."""
    own = read_policy(tree.root)
    strict = own.tighten(target.policy)
    if strict != own:
        raise RegistryError(
            f"The promote policy of {version} is looser: policy '{own.policy}', second_person"
            f" {str(own.second_person).lower()}; the commit that promotes has '{strict.policy}' and"
            f" {str(strict.second_person).lower()}",
            where="params.yaml: promote",
            fix=f"run the pipeline again with the policy of today, and promote that version; {NOTHING}",
        )


def _require_lock(tree: WorkTree, version: Version, commit: str) -> None:
    if not has_registered_locks(version, tree.root):
        raise RegistryError(
            f"The {LOCK_FILE} in the record of {version} differs from the one that was registered",
            where=f"commit {commit[:12]}",
            fix=f"{RESTORE}; {NOTHING}",
        )


def _gather(root: Path, tree: WorkTree, graph: Graph, version: Version, source: str) -> Candidate:
    """Gather the candidate from the commit and from contents of the lock file, and compare its hashes."""
    paths = [path for path in Candidate.paths(graph) if not (tree.root / path).exists()]
    check_out_outputs(tree, graph, paths, where=f"record of {version}")
    kept = {str(name): version.tag(name) for name in KEPT if version.tag(name)}
    gathered = Candidate.gather(tree.root, graph, lineage={**kept, "promoted_from": f"{source}: {version}"})
    candidate = with_published_artifacts(gathered, graph, load_publishers(root))
    found = {"content key": candidate.key, "model file": hash_model(candidate.model)}
    recorded = {"content key": version.key, "model file": version.tag("model_sha256")}
    for name, value in found.items():
        if value != recorded[name]:
            raise RegistryError(
                f"The {name} of {version} is {recorded[name][:12]}, but its record gives {value[:12]}",
                where=f"MLflow: {version.uri}",
                fix=f"publish the content again, and promote that version; {NOTHING}",
            )
    return replace(candidate, trusted_types=trusted_types(root))
