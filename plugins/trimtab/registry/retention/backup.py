"""Take a backup: MLflow's database and artifacts, git's objects, and DVC's contents of live versions.

The database comes first, and only then what it names: whatever writers do meanwhile, all that the copy names
exists. See docs/decisions/0020.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.errors import ProjectError, RegistryError, RemoteError, StageError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import is_folder, is_legacy
from trimtab.pipeline.record import Need, needs_of
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.rebuild import checkout_of, commit_of
from trimtab.registry.retention.backup_location import Vault, blob_name, file_system, object_name, reaching
from trimtab.registry.retention.live_versions import live_versions
from trimtab.registry.retention.manifest import BUNDLE, FILES, MLFLOW, SCHEMA, Backup
from trimtab.registry.retention.mlflow_database import copy_database, places
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import Version, connection, file_digest, is_there, require_server

LIVE = "refs/trimtab/live"  # keeps the commits of live versions, which no branch holds, from `git gc`


@dataclass(frozen=True)
class Taken:
    """A backup that was taken, and what of it was new."""

    name: str
    backup: Backup
    new_files: int
    new_bytes: int


def take_backup(root: Path, model: str, policy: RetentionPolicy, to: str) -> Taken:
    """Take a backup, of which only what is new is written.

    What of a live version is lost or altered is lacking in it; the rest is worth having.

    Args:
        root: The project's root.
        model: The registered model.
        policy: What is live.
        to: A folder, an address, or the name of a DVC remote of the project.

    Raises:
        ConfigError: Where MLflow keeps its data is not given.
        RegistryError: MLflow or its database does not answer, or the repository is shallow.
        RemoteError: A remote, or the place for backups, cannot be reached.
    """
    database, artifacts = places()
    settings = _settings(root)
    vault = Vault.at(to, settings=settings)
    before = Backup.newest(vault)
    with TemporaryDirectory(prefix="trimtab-") as temporary, connection() as client:
        folder = Path(temporary)
        live = dict(live_versions(client, model, policy).reasons)
        copy = copy_database(database, folder)
        sources = {f"{MLFLOW}/{copy.name}": copy}
        live |= live_versions(client, model, policy).reasons  # also who became live meanwhile
        lacking: list[str] = []
        objects = _objects(root, client, model, live, lacking)
        sources[BUNDLE] = _bundle(root, folder / BUNDLE)
        files = {path: _described(file) for path, file in sources.items()}
        kept = _artifacts(artifacts, settings, before, folder, vault)
        new = {blob_name(files[path]["sha256"]): file for path, file in sources.items()}
        sizes = {blob_name(file["sha256"]): file["size"] for file in files.values()}
        sizes |= {name: path.stat().st_size for name, path in objects.items()}
        written = vault.missing(sizes)
        altered = vault.put({name: {**new, **objects}[name] for name in written})
        lacking += [f"{objects[name]} is altered: remove it, then `dvc fetch`" for name in altered]
    backup = Backup(
        model=model,
        taken=datetime.now(UTC).isoformat(timespec="seconds"),
        live={str(number): why for number, why in sorted(live.items())},
        head=git(root, "symbolic-ref", "--quiet", "HEAD", accept=(0, 1)) or git(root, "rev-parse", "HEAD"),
        prefix=git(root, "rev-parse", "--show-prefix"),
        files={**files, **kept.files},
        objects={name: sizes[name] for name in objects if name not in altered},
        lacking=lacking,
    )
    new_bytes = sum(sizes[name] for name in written) + kept.new_bytes
    return Taken(_write(vault, backup), backup, len(written) + kept.new_files, new_bytes)


def _write(vault: Vault, backup: Backup) -> str:
    content = json.dumps({"schema": SCHEMA, **asdict(backup)}, sort_keys=True, indent=1).encode()
    when = backup.taken[:19].replace(":", "-")
    name = f"{when}-{hashlib.sha256(content).hexdigest()}.json"
    vault.write_backup(name, content)
    return name


def _settings(root: Path) -> Any:
    from dvc.config import Config

    return Config(str(root / ".dvc"))


def _described(file: Path) -> dict[str, Any]:
    return {"sha256": file_digest(file), "size": file.stat().st_size}


def _objects(root: Path, client: Any, model: str, live: Iterable[int], lacking: list[str]) -> dict[str, Path]:
    """Have the contents of live versions in the cache, and return the files by name in the vault.

    Their commits get a reference on the way, so that the bundle has them.
    """
    found: dict[str, Path] = {}
    for number in live:
        with _noting(lacking, f"{model} version {number}"):
            if not is_there(client, model, number):
                raise RegistryError("MLflow does not have it any more")
            version = Version.read(client, model, number)
            commit, _ = commit_of(root, version)
            git(root, "update-ref", f"{LIVE}/{commit}", commit)
            with checkout_of(root, client, version) as tree:
                for need in needs_of(tree, graph_in(tree)):
                    with _noting(lacking, f"{version}"):
                        found |= _of_need(tree, need)
    return found


@contextlib.contextmanager
def _noting(lacking: list[str], what: str) -> Iterator[None]:
    """Note what cannot be had; that a remote cannot be reached says nothing."""
    try:
        yield
    except RemoteError:
        raise
    except (RegistryError, ProjectError, StageError) as err:
        require_server()
        lacking.append(f"{what}: {err.what}")


def _of_need(tree: WorkTree, need: Need) -> dict[str, Path]:
    if need.of_git and tree.is_in_place(need.path, need.content):
        return {}
    content, legacy = need.content, is_legacy(need.content)
    objects = tree.store.objects_of(content)
    tree.store.require(content, what=f"'{need.path}'", where="")
    oids = list(tree.store.listing(content).values()) if is_folder(content) else []
    return {object_name(oid, legacy=legacy): objects.path(oid) for oid in [*oids, str(content["md5"])]}


def _bundle(root: Path, file: Path) -> Path:
    """Pack every reference of the repository into a file.

    By one thread, so that the same history gives the same bytes, which are stored once.
    """
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        raise RegistryError(
            "The repository is shallow: what it does not hold cannot be backed up",
            where=str(root),
            fix="`git fetch --unshallow`",
        )
    git(root, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(file), "--all", "HEAD")
    return file


@dataclass(frozen=True)
class _Artifacts:
    files: Mapping[str, Mapping[str, Any]]
    new_files: int
    new_bytes: int


def _artifacts(place: str, settings: Any, before: Backup | None, folder: Path, vault: Vault) -> _Artifacts:
    """Describe MLflow's artifacts, and put those that are not there, one after the other.

    One that has kept size and time since the last backup is not read again.
    """
    fs, path = file_system(place, settings)
    known = before.files if before else {}
    described: dict[str, Mapping[str, Any]] = {}
    sizes: list[int] = []
    with reaching(f"MLflow's artifacts, {place}"):
        sources = {f"{FILES}/{'/'.join(fs.relparts(file, path))}": file for file in _found(fs, path)}
        for name, source in sources.items():
            if _stamp(fs, source).items() <= known.get(name, {}).items():
                described[name] = known[name]
        there = {blob_name(file["sha256"]): file["size"] for file in described.values()}
        lost = set(vault.missing(there))
        for name, source in sources.items():
            if name in described and blob_name(described[name]["sha256"]) not in lost:
                continue
            with contextlib.suppress(FileNotFoundError):  # `mlflow gc` has removed it meanwhile
                described[name], size = _put(fs, source, folder / "artifact", vault)
                sizes += [size] if size else []
    return _Artifacts(described, len(sizes), sum(sizes))


def _put(fs: Any, source: str, part: Path, vault: Vault) -> tuple[dict[str, Any], int]:
    """Put an artifact, and return what is to be known of it, and its size if it was not there yet."""
    stamp = _stamp(fs, source)
    fs.get_file(source, str(part))
    described = {**stamp, **_described(part)}
    blob, size = blob_name(described["sha256"]), described["size"]
    if not vault.missing({blob: size}):
        return described, 0
    vault.put({blob: part})
    return described, size


def _stamp(fs: Any, source: str) -> dict[str, Any]:
    """What tells that an artifact has not changed: they are written once."""
    try:
        about = fs.info(source)
    except FileNotFoundError:
        return {"stamp": "gone"}
    return {"size": about["size"], "stamp": str(about.get("ETag") or about.get("mtime"))}


def _found(fs: Any, path: str) -> list[str]:
    return sorted(fs.find(path)) if fs.exists(path) else []
