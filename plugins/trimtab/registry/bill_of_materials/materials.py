"""What a version was made of, read from MLflow and from its commit, after it was compared with its seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from trimtab.errors import RegistryError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import candidate_graph
from trimtab.registry.bill_of_materials.packages import Package, read_packages
from trimtab.registry.loading import ModelTrust, download_verified, has_registered_locks, require_signed
from trimtab.registry.provenance import ENVIRONMENT, RecordedLock, find_artifact, require_artifact
from trimtab.registry.publishing import MODEL_DECLARATION, candidate_stages
from trimtab.registry.rebuild import checkout_version, find_commit
from trimtab.registry.tracking import (
    RESTORE,
    MlflowClient,
    Version,
    connection,
    require_tags,
    signed_tags,
    temporary_folder,
)

LOCK_SUFFIX = ".lock"  # of the lock files that pip and uv write; `dvc.lock` is another kind


@dataclass(frozen=True, order=True)
class Dataset:
    """A data set that a model was trained or tested on.

    Attributes:
        context: ``training`` or ``testing``.
        path: Its path in the project.
        hash: Its content hash, as DVC writes it; of a folder, with the suffix ``.dir``.
    """

    context: str
    path: str
    hash: str


@dataclass(frozen=True)
class Materials:
    """What a version was made of.

    Attributes:
        version: The version.
        description: Its description in the registry.
        registered: When it was registered.
        commit: The commit that the repository has of it.
        metrics: The last value of each metric of its run.
        datasets: What the stage of the model read of other stages, and the test window.
        packages: The Python packages that were installed at its registration.
    """

    version: Version
    description: str
    registered: datetime
    commit: str
    metrics: Mapping[str, float]
    datasets: tuple[Dataset, ...]
    packages: tuple[Package, ...]

    @property
    def facts(self) -> dict[str, str]:
        """The tags of the version that were set at its registration."""
        return signed_tags(self.version.tags)


def gather_materials(root: Path, version: Version, trusted: ModelTrust) -> Materials:
    """Read what a version was made of.

    Args:
        root: The project's root, in a repository that has the version's commit.
        version: The version.
        trusted: What the checkout that runs trusts. With keys, the signature is verified first.

    Raises:
        RegistryError: A tag or a file was altered, a signature is required and missing, the repository does
            not have the commit, or the server does not answer.
    """
    with connection() as client, temporary_folder() as folder:
        require_tags(version)
        require_signed(version, trusted)
        commit, _ = find_commit(root, version)
        registered = client.get_model_version(version.name, str(version.version))
        return Materials(
            version=version,
            description=str(client.get_registered_model(version.name).description or ""),
            registered=datetime.fromtimestamp(registered.creation_timestamp // 1000, UTC),
            commit=commit,
            metrics=dict(sorted(version.metrics.items())),
            datasets=tuple(sorted(_datasets(root, client, version))),
            packages=read_packages(_environment(client, version, folder), _locks(root, commit)),
        )


def _environment(client: MlflowClient, version: Version, folder: Path) -> str:
    """Return the text of ``environment.txt``; empty if an earlier release did not publish it."""
    if ENVIRONMENT not in {file.path for file in client.list_artifacts(version.run_id)}:
        return ""
    return download_verified(client, version, ENVIRONMENT, folder).read_text(encoding="utf-8")


def _datasets(root: Path, client: MlflowClient, version: Version) -> Iterator[Dataset]:
    """Yield the data sets by the lock files, which the seal covers; the list of the run is not sealed."""
    with checkout_version(root, client, version) as tree:
        if not has_registered_locks(version, tree.root):
            raise RegistryError(
                f"The lock files of the commit of {version} differ from those that were registered",
                where=str(root),
                fix=RESTORE,
            )
        graph = candidate_graph(graph_in(tree), version.tag("candidate"))
        lock = RecordedLock.read(tree.root, candidate_stages(graph).stages)
        model = require_artifact(graph, "model", MODEL_DECLARATION)
        test = find_artifact(graph, "test-window")
        found = {
            "training": lock.upstream_hashes(model.path),
            "testing": lock.output_hash(test.path) if test else {},
        }
    for context, hashes in found.items():
        for path, hash_ in hashes.items():
            yield Dataset(context, path, hash_)


def _locks(root: Path, commit: str) -> Iterator[str]:
    """Yield the texts of the lock files of Python packages in a commit, wherever they are."""
    paths = git(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit).split("\0")
    for path in sorted(paths):
        name = PurePosixPath(path).name
        if name.endswith(LOCK_SUFFIX) and name != "dvc.lock":
            yield git(root, "show", f"{commit}:{path}")
