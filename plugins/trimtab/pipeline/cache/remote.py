"""A DVC remote: cache objects that machines share.

It uses DVC's file systems, and not DVC's own transfer. That one takes a file that a cut connection has
truncated for an object, and a failed request for a missing object.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.atomic_write import atomic_path, temporary_path
from trimtab.errors import RemoteError
from trimtab.pipeline.cache.cache_objects import ObjectState, check_object
from trimtab.pipeline.dvc_compat import file_md5, lacks_remote_support, open_remote_cache
from trimtab.pipeline.dvc_errors import is_disk_error
from trimtab.telemetry import instruments, record

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.db import HashFileDB
    from dvc_objects.fs.base import FileSystem

RUN_CACHE_NAME = re.compile(r"[0-9a-f]{64}")  # of an entry of the run cache
PROBE_PREFIX = ".trimtab-doctor-"
PART_PREFIX = ".trimtab-run-"  # of a file that is renamed into the run cache once it is complete
REACH_HINT = "check that it can be reached (`dvc remote list`), and try again"
INSTALL_HINT = (
    "install DVC's support for its kind wherever stages run: `pip install 'dvc[s3]'`, `dvc[ssh]`, and so on"
)


class Remote:
    """One remote of a DVC repository.

    Args:
        repo: An open repository.
        name: The remote's name in ``.dvc/config``.
    """

    def __init__(self, repo: Repo, name: str) -> None:
        self.name = name
        self._repo = repo
        self._odbs: dict[str, HashFileDB] = {}
        self._opening = threading.Lock()

    def has(self, oids: Collection[str], *, legacy: bool) -> bool:
        """Whether the remote has all objects.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._named_errors():
            return set(oids) <= set(self._odb(legacy=legacy).oids_exist(set(oids)))

    def address(self, *, legacy: bool) -> str:
        """Return the URL or path of the folder that holds its objects."""
        with self._named_errors():
            odb = self._odb(legacy=legacy)
            return str(odb.fs.unstrip_protocol(odb.path))

    def probe(self) -> None:
        """Write, read and delete a small object beside those of the cache.

        Raises:
            RemoteError: One of the three failed; the message says which.
        """
        with self._named_errors():
            odb, content = self._odb(legacy=True), secrets.token_bytes(32)
        path = odb.fs.join(odb.path, f"{PROBE_PREFIX}{secrets.token_hex(8)}")
        done = "no object can be written"
        try:
            with self._named_errors():
                odb.makedirs(odb.path)
                odb.fs.pipe_file(path, content)
                done = "an object can be written, but not read"
                if odb.fs.cat_file(path) != content:
                    raise OSError("it is read with another content")
                done = "an object can be written and read, but not deleted"
                odb.fs.rm(path)
        except (RemoteError, OSError) as err:
            raise RemoteError(
                f"{done}: {err.what if isinstance(err, RemoteError) else err}",
                where=f"DVC remote '{self.name}'",
                fix=err.fix if isinstance(err, RemoteError) else "make the folder writable for this user",
            ) from err

    def check_objects(
        self, sizes: Mapping[str, int | None], *, legacy: bool, rehash: bool
    ) -> dict[str, ObjectState]:
        """Check whether the remote has objects in the right size. Listings of folders are read and hashed.

        Args:
            sizes: The expected size of each object in bytes, if known.
            legacy: Whether DVC 2 hashed them.
            rehash: Read and hash all of them.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._named_errors():
            odb = self._odb(legacy=legacy)

            def check(oid: str) -> ObjectState:
                return check_object(odb, oid, size=sizes[oid], rehash=rehash or oid.endswith(".dir"))

            with ThreadPoolExecutor(min(odb.fs.jobs, max(len(sizes), 1))) as pool:
                return dict(zip(sizes, pool.map(check, sizes), strict=True))

    def read_object(self, oid: str, *, legacy: bool) -> bytes:
        """Return a small object, such as the listing of a folder.

        Raises:
            RemoteError: The remote cannot be reached, or does not have it.
        """
        with self._named_errors():
            odb = self._odb(legacy=legacy)
            content: bytes = odb.fs.cat_file(odb.oid_to_path(oid))
            return content

    def fetch(self, oids: Collection[str], cache: HashFileDB, *, legacy: bool) -> bool:
        """Fetch objects. Each is hashed before it is put into the cache.

        Args:
            oids: Hashes of the objects.
            cache: The cache.
            legacy: Whether DVC 2 hashed them.

        Returns:
            Whether the remote has all of them.

        Raises:
            RemoteError: The remote cannot be reached, or fails half-way; or an object is corrupt.
        """
        with self._named_errors():
            odb = self._odb(legacy=legacy)

            def fetch(oid: str) -> bool:
                return self._fetch(odb, oid, cache)

            with ThreadPoolExecutor(min(odb.fs.jobs, max(len(oids), 1))) as pool:
                return all(list(pool.map(fetch, oids)))

    def push(self, objects: Sequence[tuple[str, Path]], *, legacy: bool) -> None:
        """Push objects that the remote lacks: first files, then the listings of folders that name them.

        Args:
            objects: The hash and the path of each object.
            legacy: Whether DVC 2 hashed them.

        Raises:
            RemoteError: The remote cannot be reached, or refuses an object.
        """
        with self._named_errors():
            odb = self._odb(legacy=legacy)
            present = set(odb.oids_exist({oid for oid, _ in objects}))
            new = {oid: str(path) for oid, path in objects if oid not in present}
            for listings in (False, True):
                oids = [oid for oid in new if oid.endswith(".dir") is listings]
                _push(odb, self._repo.fs, oids, [new[oid] for oid in oids])
            self._record_bytes("transmit", sum(Path(path).stat().st_size for path in new.values()))

    def fetch_run_cache(self, key: str, folder: Path) -> None:
        """Fetch the entries of the remote's run cache under a key, if the remote has a run cache.

        Args:
            key: Hash of the stage with its inputs.
            folder: The folder of that key in the local run cache.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._named_errors(), contextlib.suppress(FileNotFoundError):
            odb = self._odb(legacy=True)
            for source in odb.fs.ls(_run_cache_folder(odb, key), detail=False) if odb.fs.CAN_TRAVERSE else ():
                if not RUN_CACHE_NAME.fullmatch(odb.fs.name(source)):
                    continue
                folder.mkdir(parents=True, exist_ok=True)
                temporary = temporary_path(folder.parents[2], prefix=PART_PREFIX)
                with atomic_path(folder / odb.fs.name(source), temporary=temporary):
                    odb.fs.get_file(source, str(temporary))

    def push_run_cache(self, key: str, path: Path) -> None:
        """Push an entry to the remote's run cache, if the remote can have one.

        Args:
            key: Hash of the stage with its inputs.
            path: The entry's file.

        Raises:
            RemoteError: The remote cannot be reached, or refuses the file.
        """
        with self._named_errors():
            odb = self._odb(legacy=True)
            if odb.fs.CAN_TRAVERSE:
                odb.fs.put_file(str(path), odb.fs.join(_run_cache_folder(odb, key), path.name))

    @contextlib.contextmanager
    def open_folder(self) -> Iterator[tuple[FileSystem, str]]:
        """Yield the file system of the remote and its folder there.

        Raises:
            RemoteError: Something failed while it was open; the message names the remote.
        """
        with self._named_errors():
            odb = self._odb(legacy=True)  # DVC 2 kept the objects in that folder itself
            yield odb.fs, odb.path

    def _odb(self, *, legacy: bool) -> HashFileDB:
        name = "md5-dos2unix" if legacy else "md5"
        with self._opening:
            if name not in self._odbs:
                self._odbs[name] = open_remote_cache(self._repo, self.name, hash_name=name)
            return self._odbs[name]

    def _fetch(self, odb: HashFileDB, oid: str, cache: HashFileDB) -> bool:
        source, path = odb.oid_to_path(oid), Path(cache.oid_to_path(oid))
        cache.makedirs(str(path.parent))
        try:
            with atomic_path(path) as part:
                odb.fs.get_file(source, str(part))
                if file_md5(str(part), self._repo.fs, hash_name=odb.hash_name) != oid.removesuffix(".dir"):
                    raise RemoteError(
                        f"The object in the remote is corrupt, perhaps truncated: {oid}",
                        where=f"DVC remote '{self.name}', {odb.fs.unstrip_protocol(source)}",
                        fix="remove it there, then `dvc push` it from another machine, or run its stage "
                        "again",
                    )
                cache.protect(str(part))
                self._record_bytes("receive", part.stat().st_size)
        except FileNotFoundError:
            return False
        return True

    def _record_bytes(self, direction: str, size: int) -> None:
        if size:
            about = {instruments.REMOTE: self.name, instruments.DIRECTION: direction}
            record(instruments.REMOTE_BYTES, size, about)

    def _record_error(self, err: Exception) -> None:
        about = {instruments.REMOTE: self.name, instruments.ERROR: type(err).__name__}
        record(instruments.REMOTE_ERRORS, 1, about)

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Raise the errors of each kind of remote as one error that names the remote."""
        try:
            yield
        except RemoteError as err:
            self._record_error(err)
            raise
        except Exception as err:
            if is_disk_error(err):
                raise
            self._record_error(err)
            raise RemoteError(
                f"The remote failed: {type(err).__name__}: {err}",
                where=f"DVC remote '{self.name}'",
                fix=INSTALL_HINT if lacks_remote_support(err) else REACH_HINT,
            ) from err


def _run_cache_folder(odb: HashFileDB, key: str) -> str:
    """Return the folder of a key in a remote's run cache; it is where DVC 2 kept the objects."""
    return str(odb.fs.join(odb.path, "runs", key[:2], key))


def _push(odb: HashFileDB, fs: FileSystem, oids: list[str], paths: list[str]) -> None:
    failures: list[BaseException] = []
    if oids:
        odb.add(paths, fs, oids, check_exists=False, on_error=lambda _, err: failures.append(err))
    if failures:
        raise failures[0]
