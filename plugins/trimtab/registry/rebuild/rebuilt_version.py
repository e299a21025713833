"""Rebuild a version from its commit, params, lock and data, and compare the result with the version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict, cast

from trimtab.errors import RegistryError, TrimtabError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.graph import candidate_graph
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.loading import (
    ScoringModel,
    download_verified,
    has_registered_locks,
    load_version,
)
from trimtab.registry.provenance import ENVIRONMENT, environment_changes
from trimtab.registry.publishing import candidate_stages, project_problem_type, read_model_trust
from trimtab.registry.rebuild.rebuilt_model import RebuiltModel
from trimtab.registry.rebuild.recorded_revision import checkout_version, find_commit
from trimtab.registry.rebuild.stage_rerun import Difference, refuse_external_outputs, rerun_stages
from trimtab.registry.tracking import RESTORE, MlflowClient, Version, connection, temporary_folder


class RebuiltDict(TypedDict):
    """The JSON of `trimtab rebuild --json`; :class:`RebuiltVersion` describes the keys."""

    verdict: str
    version: str
    commit: str
    stages: tuple[str, ...]
    compared: tuple[str, ...]
    differences: tuple[dict[str, str], ...]
    stopped: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class RebuiltVersion:
    """The result of a rebuild.

    Attributes:
        version: The version, for people.
        commit: The commit that was checked out.
        stages: The stages that ran.
        compared: What was compared, for people.
        differences: What differs, those of the first stage first.
        stopped: Why the rebuild stopped before its end; empty if it did not.
        warnings: Changes of the Python environment, which may be the cause of a difference.
    """

    version: str
    commit: str
    stages: tuple[str, ...]
    compared: tuple[str, ...]
    differences: tuple[Difference, ...]
    stopped: str
    warnings: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return not self.differences and not self.stopped

    def to_dict(self) -> RebuiltDict:
        """Return the result and its verdict as JSON values."""
        verdict = "identical" if self.identical else "differs"
        return cast(RebuiltDict, {"verdict": verdict, **asdict(self)})


def rebuild(root: Path, version: Version, *, log_line: Callable[[str], None]) -> RebuiltVersion:
    """Rebuild a version in a temporary checkout, and compare the result with the version.

    The stages run on the recorded code, params and lock, without DVC's cache. The registered version and the
    user's checkout do not change.

    Args:
        root: The project's root.
        version: The version.
        log_line: Called with each line that the stages print.

    Raises:
        ProjectError: A stage would write outside of the project.
        RegistryError: The server does not answer, the repository does not have the commit, or a signature is
            required and no trusted key has signed the version.
        StageError: Data is neither in the cache nor in the remote, or a stage fails.
    """
    with connection() as client, temporary_folder() as folder:
        commit, _ = find_commit(root, version)
        warnings = tuple(_environment_warnings(client, version, folder))
        trusted = read_model_trust(root)  # of the checkout that runs, not of the commit that a tag names
        registered = load_version(version, folder / "model", trusted, project_problem_type(root))
        with checkout_version(root, client, version, to_run=True) as tree:
            if not has_registered_locks(version, tree.root):
                raise RegistryError(
                    f"The {LOCK} in the record of {version} differs from the one that was registered",
                    where=f"{root}: commit {commit[:12]}",
                    fix=RESTORE,
                )
            return _rebuild_in(tree, version, registered, trusted.types, commit, warnings, log_line)


def _rebuild_in(
    tree: WorkTree,
    version: Version,
    registered: ScoringModel,
    trusted: Collection[str],
    commit: str,
    warnings: tuple[str, ...],
    log_line: Callable[[str], None],
) -> RebuiltVersion:
    graph = candidate_graph(graph_in(tree), version.tag("candidate"))
    needed = candidate_stages(graph)
    refuse_external_outputs(needed)
    differences, stopped = rerun_stages(tree, needed, log_line)
    compared = [f"outputs of {len(needed.stages)} stages"]
    if not stopped:
        try:
            rebuilt = RebuiltModel(tree.root, graph, version, registered, trusted)
            differences += rebuilt.differences()
            compared += rebuilt.compared
        except TrimtabError as err:
            if not differences:
                raise
            stopped = str(err)
    return RebuiltVersion(
        version=str(version),
        commit=commit,
        stages=tuple(stage.name for stage in needed.stages),
        compared=tuple(compared),
        differences=tuple(differences),
        stopped=stopped,
        warnings=warnings,
    )


def _environment_warnings(client: MlflowClient, version: Version, into: Path) -> Iterator[str]:
    if ENVIRONMENT in {file.path for file in client.list_artifacts(version.run_id)}:
        file = download_verified(client, version, ENVIRONMENT, into)
        yield from environment_changes(file.read_text(encoding="utf-8"))
    else:
        yield f"{version} has no {ENVIRONMENT}: the packages it was trained with are not recorded"
