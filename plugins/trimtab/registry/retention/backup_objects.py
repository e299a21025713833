"""Back up the DVC objects of live versions, and reference their commits, so that the git bundle has them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from trimtab.errors import ProjectError, RegistryError, RemoteError, StageError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import is_folder, is_legacy
from trimtab.pipeline.record import RequiredObject, find_required_objects
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.rebuild import checkout_version, find_commit
from trimtab.registry.retention.object_names import object_name
from trimtab.registry.tracking import MlflowClient, Version, require_server, version_exists

LIVE = "refs/trimtab/live"  # references to commits of live versions: no branch holds them, and git keeps them


def fetch_live_objects(
    root: Path, client: MlflowClient, model: str, live: Iterable[int], lacking: list[str]
) -> dict[str, Path]:
    """Fetch the DVC objects of live versions into the cache.

    Args:
        root: The project's root.
        client: MLflow's client.
        model: The registered model.
        live: The live versions.
        lacking: Gets a sentence for each part that is lost or altered.

    Returns:
        The files in the cache, by their name in a backup location.

    Raises:
        RemoteError: A remote does not answer.
    """
    found: dict[str, Path] = {}
    for number in live:
        with _noting_errors(lacking, f"{model} version {number}"):
            if not version_exists(client, model, number):
                raise RegistryError("MLflow no longer has the version")
            version = Version.read(client, model, number)
            commit, _ = find_commit(root, version)
            git(root, "update-ref", f"{LIVE}/{commit}", commit)
            with checkout_version(root, client, version) as tree:
                for need in find_required_objects(tree, graph_in(tree)):
                    with _noting_errors(lacking, f"{version}"):
                        found |= _fetch_objects(tree, need)
    return found


@contextlib.contextmanager
def _noting_errors(lacking: list[str], subject: str) -> Iterator[None]:
    """Note an error about lost or altered parts. An error of a remote or the server is raised."""
    try:
        yield
    except RemoteError:
        raise
    except (RegistryError, ProjectError, StageError) as err:
        require_server()
        lacking.append(f"{subject}: {err.what}")


def _fetch_objects(tree: WorkTree, need: RequiredObject) -> dict[str, Path]:
    if need.in_git and tree.is_in_place(need.path, need.content):
        return {}
    content, legacy = need.content, is_legacy(need.content)
    objects = tree.cache.objects_of(content)
    tree.cache.ensure_cached(content, what=f"'{need.path}'", where="")
    oids = list(tree.cache.listing(content).values()) if is_folder(content) else []
    return {object_name(oid, legacy=legacy): objects.path(oid) for oid in [*oids, str(content["md5"])]}
