"""A DVC remote: objects by content hash, which machines that share nothing else share.

DVC's file systems do the talking. DVC's own transfer does not: it takes what a cut connection left for an
object, and what failed for what is not there.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import RemoteError
from trimtab.pipeline.cache.cache_objects import State, look
from trimtab.pipeline.dvc_compat import file_md5, lacks_remote_support, open_remote_cache, temporary_name
from trimtab.pipeline.dvc_errors import is_of_disk

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.db import HashFileDB
    from dvc_objects.fs.base import FileSystem

# Each of them is several tries of botocore's, as the user has configured it. With the five of s3fs on top, a
# server that takes a connection and never answers would be waited for a quarter of an hour.
S3_TRIES = 2
RUN = re.compile(r"[0-9a-f]{64}")  # the name of a result in the run cache
PART = ".trimtab-run-"  # how a file begins that will be one of the run cache and is not whole yet
REACH_HINT = "check that it can be reached (`dvc remote list`), and try again"
INSTALL_HINT = (
    "install DVC's support for its kind wherever stages run: `pip install 'dvc[s3]'`, `dvc[ssh]`, and so on"
)


class Remote:
    """One remote of a DVC repository.

    Args:
        repo: An open ``dvc.repo.Repo``.
        name: Its name in DVC's settings.
    """

    def __init__(self, repo: Repo, name: str) -> None:
        self.name = name
        self._repo = repo
        self._odbs: dict[str, HashFileDB] = {}
        self._opening = threading.Lock()

    def has(self, oids: Collection[str], *, legacy: bool) -> bool:
        """Whether all objects are there.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._reaching():
            return set(oids) <= set(self._odb(legacy=legacy).oids_exist(set(oids)))

    def place(self, *, legacy: bool) -> str:
        """Return where its objects are, as an address."""
        with self._reaching():
            odb = self._odb(legacy=legacy)
            return str(odb.fs.unstrip_protocol(odb.path))

    def look(self, sizes: Mapping[str, int | None], *, legacy: bool, hashed: bool) -> dict[str, State]:
        """Say of objects whether they are there in the right size; listings of folders are read and hashed.

        Args:
            sizes: What each has, in bytes, as far as it is known.
            legacy: Whether DVC 2 hashed them.
            hashed: Read and hash all of them.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._reaching():
            odb = self._odb(legacy=legacy)

            def one(oid: str) -> State:
                return look(odb, oid, size=sizes[oid], hashed=hashed or oid.endswith(".dir"))

            with ThreadPoolExecutor(min(odb.fs.jobs, max(len(sizes), 1))) as pool:
                return dict(zip(sizes, pool.map(one, sizes), strict=True))

    def read(self, oid: str, *, legacy: bool) -> bytes:
        """Return a small object, such as the listing of a folder.

        Raises:
            RemoteError: The remote cannot be reached, or does not have it.
        """
        with self._reaching():
            odb = self._odb(legacy=legacy)
            content: bytes = odb.fs.cat_file(odb.oid_to_path(oid))
            return content

    def fetch(self, oids: Collection[str], cache: HashFileDB, *, legacy: bool) -> bool:
        """Bring objects, each of which is checked to be what its name says before it is put in its place.

        Args:
            oids: The objects.
            cache: DVC's cache they are for.
            legacy: Whether DVC 2 hashed them.

        Returns:
            Whether the remote has all of them.

        Raises:
            RemoteError: The remote cannot be reached, gives up half-way, or holds something else.
        """
        with self._reaching():
            odb = self._odb(legacy=legacy)

            def one(oid: str) -> bool:
                return self._fetch(odb, oid, cache)

            with ThreadPoolExecutor(min(odb.fs.jobs, max(len(oids), 1))) as pool:
                return all(list(pool.map(one, oids)))

    def send(self, objects: Sequence[tuple[str, Path]], *, legacy: bool) -> None:
        """Send objects that are not there yet; listings of folders last, so that what they list is there.

        Raises:
            RemoteError: The remote cannot be reached or refuses.
        """
        with self._reaching():
            odb = self._odb(legacy=legacy)
            there = set(odb.oids_exist({oid for oid, _ in objects}))
            new = {oid: str(path) for oid, path in objects if oid not in there}
            for wave in (False, True):
                oids = [oid for oid in new if oid.endswith(".dir") is wave]
                _send(odb, self._repo.fs, oids, [new[oid] for oid in oids])

    def fetch_runs(self, key: str, folder: Path) -> None:
        """Bring what the remote's run cache holds under a key, as far as it has one.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        with self._reaching(), contextlib.suppress(FileNotFoundError):
            odb = self._odb(legacy=True)
            for source in odb.fs.ls(_run(odb, key), detail=False) if odb.fs.CAN_TRAVERSE else ():
                if not RUN.fullmatch(odb.fs.name(source)):
                    continue
                folder.mkdir(parents=True, exist_ok=True)
                part = folder.parents[2] / f"{PART}{temporary_name()}"
                odb.fs.get_file(source, str(part))
                part.replace(folder / odb.fs.name(source))

    def send_run(self, key: str, path: Path) -> None:
        """Send a result to the remote's run cache, if it has one.

        Raises:
            RemoteError: The remote cannot be reached or refuses.
        """
        with self._reaching():
            odb = self._odb(legacy=True)
            if odb.fs.CAN_TRAVERSE:
                odb.fs.put_file(str(path), odb.fs.join(_run(odb, key), path.name))

    def _odb(self, *, legacy: bool) -> HashFileDB:
        name = "md5-dos2unix" if legacy else "md5"
        with self._opening:
            if name not in self._odbs:
                odb = self._odbs[name] = open_remote_cache(self._repo, self.name, hash_name=name)
                if odb.fs.protocol == "s3":
                    odb.fs.fs.retries = S3_TRIES
            return self._odbs[name]

    def _fetch(self, odb: HashFileDB, oid: str, cache: HashFileDB) -> bool:
        source, path = odb.oid_to_path(oid), Path(cache.oid_to_path(oid))
        cache.makedirs(str(path.parent))
        part = path.with_name(temporary_name())
        try:
            odb.fs.get_file(source, str(part))
            if file_md5(str(part), self._repo.fs, hash_name=odb.hash_name) != oid.removesuffix(".dir"):
                raise RemoteError(
                    f"The remote holds something else under the name of {oid}, cut off perhaps",
                    where=f"DVC remote '{self.name}', {odb.fs.unstrip_protocol(source)}",
                    fix="remove it there, and `dvc push` it from where it is right or run its stage again",
                )
            cache.protect(str(part))
            part.replace(path)
        except FileNotFoundError:
            return False
        finally:
            part.unlink(missing_ok=True)
        return True

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say which remote failed; each kind of remote has errors of its own."""
        try:
            yield
        except RemoteError:
            raise
        except Exception as err:
            if is_of_disk(err):
                raise
            raise RemoteError(
                f"The remote failed: {type(err).__name__}: {err}",
                where=f"DVC remote '{self.name}'",
                fix=INSTALL_HINT if lacks_remote_support(err) else REACH_HINT,
            ) from err


def _run(odb: HashFileDB, key: str) -> str:
    """The folder of a key in a remote's run cache; DVC keeps it where it kept objects before version 3."""
    return str(odb.fs.join(odb.path, "runs", key[:2], key))


def _send(odb: HashFileDB, fs: FileSystem, oids: list[str], paths: list[str]) -> None:
    failures: list[BaseException] = []
    if oids:
        odb.add(paths, fs, oids, check_exists=False, on_error=lambda _, err: failures.append(err))
    if failures:
        raise failures[0]
