"""Promote a version to the registry of another environment: code and record are promoted, not a file.

The target's version is made from the commit and from the contents that its lock file names, as a publication
makes it. No file is read from the source's MLflow but params and lock files, and these by their hashes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict

from trimtab.errors import ConfigError, RegistryError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.git import git, has_commit
from trimtab.pipeline.record import RemoteCopy, copy_record, copy_to_remote, find_required_objects
from trimtab.registry.environments.proof import NOTHING, Proof, prove
from trimtab.registry.environments.target_environment import TargetEnvironment
from trimtab.registry.isolation import require_untainted
from trimtab.registry.ledger import Ledger, LedgerEntry, LedgerLine
from trimtab.registry.loading import ModelTrust, load_version, require_signed
from trimtab.registry.promotion import reconcile, switch_champion
from trimtab.registry.publishing import publish, read_model_trust
from trimtab.registry.rebuild import RebuiltModel
from trimtab.registry.signing import find_signer
from trimtab.registry.tracking import (
    MlflowClient,
    Version,
    connection,
    hash_seal,
    other_connection,
    require_server,
    require_tags,
    temporary_folder,
)


class EnvironmentPromotionDict(TypedDict):
    """The JSON of a promotion to another environment; :class:`EnvironmentPromotion` describes the keys."""

    environment: str
    entry: LedgerLine
    promoted: bool
    objects: dict[str, int]
    record: bool
    compared: tuple[str, ...]


@dataclass(frozen=True)
class EnvironmentPromotion:
    """The result of a promotion to another environment.

    Attributes:
        environment: Its name.
        entry: The entry of its ledger that is in force.
        promoted: Whether this call wrote the entry; otherwise an earlier one had.
        copy: What its remote has.
        record: Whether its remote has the record of the run, too.
        compared: What was compared in the target's registry, for people.
    """

    environment: str
    entry: LedgerEntry
    promoted: bool
    copy: RemoteCopy
    record: bool
    compared: tuple[str, ...]

    def to_dict(self) -> EnvironmentPromotionDict:
        """Return the result as JSON values."""
        return {
            "environment": self.environment,
            "entry": self.entry.to_dict(),
            "promoted": self.promoted,
            "objects": asdict(self.copy),
            "record": self.record,
            "compared": self.compared,
        }


def promote_to(
    root: Path,
    version: Version,
    target: TargetEnvironment,
    *,
    by: str,
    reason: str,
    log_line: Callable[[str], None] | None = None,
) -> EnvironmentPromotion:
    """Make a version champion in the registry of another environment, after it was proved from its record.

    A call that failed half-way is repeated: what the target has already is checked and kept.

    Args:
        root: The project's root.
        version: The version, in the registry of the environment variables.
        target: The environment.
        by: The person.
        reason: The person's reason.
        log_line: Called with each line of the stages, which run again; without it hashes are the proof.

    Raises:
        ConfigError: Source and target have the same registry, or the project lacks the target's remote.
        GateError: A gate did not pass, or has no report.
        RegistryError: The version cannot be proved, comes from isolated data, or no trusted key has signed it
            and the policy requires it; the target has newer content, was rolled back from it or
            holds another model under its key, or a server does not answer.
        StageError: A content is in no remote, or is altered in the target's.
    """
    source = require_server()
    _refuse_same_registry(source, target)
    trusted, signer = read_model_trust(root), find_signer(root)
    require_signed(version, trusted)
    with connection() as client:
        require_untainted(client, version, root)
    with prove(root, version, target, source=source, log_line=log_line) as proof:
        with other_connection(target.mlflow) as client:
            ledger = reconcile(client, version.name)
            _refuse_newer(root, client, ledger, proof, target)
        # All of the commit: the target can rebuild it, and `dvc pull` finds every output.
        required = list(find_required_objects(proof.tree, graph_in(proof.tree)))
        copy = copy_to_remote(proof.tree, required, remote=target.remote)
        commit = version.tag("record")
        record = bool(commit) and copy_record(root, commit, remote=target.remote)
        with other_connection(target.mlflow) as client:
            made = publish(proof.candidate, signer=signer)
            compared = _compare(proof, made, trusted)
            if ledger.last and ledger.champion == made.version:
                entry, promoted = ledger.last, False
            else:
                _refuse_retired(ledger, made, target)
                entry, promoted = _switch(client, ledger, made, version, proof, source, by, reason), True
    return EnvironmentPromotion(target.name, entry, promoted, copy, record, (*proof.compared, *compared))


def _refuse_same_registry(source: str, target: TargetEnvironment) -> None:
    if source.rstrip("/") == target.mlflow:
        raise ConfigError(
            f"The registry of '{target.name}' is the one of the environment variables: {source}",
            where="environment: MLFLOW_TRACKING_URI",
            fix=f"set MLFLOW_TRACKING_URI to the registry that has the version; {NOTHING}",
        )


def _refuse_newer(
    root: Path, client: MlflowClient, ledger: Ledger, proof: Proof, target: TargetEnvironment
) -> None:
    """Refuse to replace a champion of newer content: by the end of its data, else by its commit."""
    if ledger.champion is None:
        return
    champion = Version.read(client, ledger.model, ledger.champion)
    require_tags(champion)
    if champion.key == proof.candidate.key:
        return
    until, own = champion.tag("data_until"), proof.candidate.lineage.get("data_until", "")
    if own > until and until:
        return
    commit = champion.tag("git_revision")
    if own == until or not (own and until):
        if has_commit(root, commit) and not _contains(root, commit, proof.commit):
            return
        problem = f"its commit {commit[:12] or '(none)'} is newer, or not in this repository"
    else:
        problem = f"its data end {until}, those of this version {own}"
    raise RegistryError(
        f"'{target.name}' has newer content: {champion} is champion, {problem}",
        where=f"MLflow: {target.mlflow}, registered model '{ledger.model}'",
        fix=f"`git fetch`, or roll back there first if this is meant; {NOTHING}",
    )


def _contains(root: Path, commit: str, other: str) -> bool:
    """Whether the history of a commit contains another one."""
    return not git(root, "rev-list", "--max-count=1", other, f"^{commit}")


def _compare(proof: Proof, made: Version, trusted: ModelTrust) -> tuple[str, ...]:
    """Download the target's version and compare its metrics and predictions with those of the record.

    The version may be one that somebody else registered under the same content key.
    """
    with temporary_folder() as folder:
        registered = load_version(made, folder, trusted, proof.candidate.problem)
        pair = RebuiltModel(proof.tree.root, proof.graph, made, registered, trusted.types)
        differences = pair.differences()
    if differences:
        raise RegistryError(
            f"{made} of the target is another model under the same content key: it differs in"
            f" {differences[0].what}",
            where=f"MLflow: {made.uri}",
            fix=f"delete that version there, find out who registered it, and run this again; {NOTHING}",
        )
    return tuple(pair.compared)


def _refuse_retired(ledger: Ledger, made: Version, target: TargetEnvironment) -> None:
    if made.version in ledger.retired:
        raise RegistryError(
            f"{made} was rolled back from in '{target.name}'",
            where=f"MLflow: {target.mlflow}, ledger of '{ledger.model}'",
            fix=f"if it is right after all, `trimtab promote {made.version}` there; {NOTHING}",
        )


def _switch(
    client: MlflowClient,
    ledger: Ledger,
    made: Version,
    version: Version,
    proof: Proof,
    source: str,
    by: str,
    reason: str,
) -> LedgerEntry:
    switched = switch_champion(
        client,
        ledger,
        champion=made.version,
        how="promoted",
        by=by,
        reason=reason,
        seal=hash_seal(made),
        data_until=made.tag("data_until"),
        person=True,
        source={
            "registry": source,
            "version": version.version,
            "commit": proof.commit,
            "approver": proof.approved.by,
        },
    )
    if switched is None or switched.last is None:
        raise RegistryError(
            f"Another switch of '{made.name}' was first: {made} was not promoted",
            where=f"MLflow: registered model '{made.name}'",
            fix="read `trimtab models` there, and run this again if it is still right",
        )
    return switched.last
