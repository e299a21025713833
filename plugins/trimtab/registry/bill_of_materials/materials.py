"""What a version was made of, read from MLflow and from its commit, after it was compared with its seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from trimtab.pipeline.git import git
from trimtab.registry.bill_of_materials.packages import Package, read_packages
from trimtab.registry.loading import ModelTrust, download_verified, require_signed
from trimtab.registry.provenance import ENVIRONMENT
from trimtab.registry.rebuild import find_commit
from trimtab.registry.tracking import (
    DATASET_CONTEXT_TAG,
    Entity,
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
        datasets: The data sets of its run.
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
            datasets=tuple(sorted(set(_datasets(client.get_run(version.run_id))))),
            packages=read_packages(_environment(client, version, folder), _locks(root, commit)),
        )


def _environment(client: MlflowClient, version: Version, folder: Path) -> str:
    """Return the text of ``environment.txt``; empty if an earlier release did not publish it."""
    if ENVIRONMENT not in {file.path for file in client.list_artifacts(version.run_id)}:
        return ""
    return download_verified(client, version, ENVIRONMENT, folder).read_text(encoding="utf-8")


def _datasets(run: Entity) -> Iterator[Dataset]:
    for each in run.inputs.dataset_inputs:
        context = next((tag.value for tag in each.tags if tag.key == DATASET_CONTEXT_TAG), "")
        yield Dataset(str(context), str(each.dataset.name), str(each.dataset.digest))


def _locks(root: Path, commit: str) -> Iterator[str]:
    """Yield the texts of the lock files of Python packages in a commit, wherever they are."""
    paths = git(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit).split("\0")
    for path in sorted(paths):
        name = PurePosixPath(path).name
        if name.endswith(LOCK_SUFFIX) and name != "dvc.lock":
            yield git(root, "show", f"{commit}:{path}")
