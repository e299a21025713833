"""A second remote: a place for backups, reached with DVC's own file systems.

======================== =====================================================================
``blobs/ab/cdef…``       files of MLflow and git, by SHA-256
``files/md5/ab/cdef…``   contents of DVC, as a DVC remote has them; so it is one: ``dvc pull -r``
``backups/<when>-<hash>`` what a backup is made of; written last, named by its own SHA-256
======================== =====================================================================

Nothing is ever written over, so whatever happens to a backup that is being taken, those before stay whole.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Any, Self

from trimtab.errors import RegistryError, RemoteError, TrimtabError

BLOBS, BACKUPS, OBJECTS = "blobs", "backups", "files/md5"


class Vault:
    """A place for backups.

    Args:
        fs: DVC's file system of it.
        path: The folder there.

    Attributes:
        shown: How messages name it.
    """

    def __init__(self, fs: Any, path: str) -> None:
        self.shown = str(fs.unstrip_protocol(path))
        self._fs, self._path = fs, path

    @classmethod
    def at(cls, place: str, *, settings: Any) -> Self:
        """Open a place: a DVC remote by its name, a folder, or any address that DVC has a file system for.

        Args:
            place: The name, the folder or the address.
            settings: DVC's configuration.
        """
        fs, path = file_system(place, settings)
        return cls(fs, path)

    def backups(self) -> list[str]:
        """Return the names of the backups there are, the oldest first."""
        with self._reaching():
            if not self._fs.exists(self._at(BACKUPS)):
                return []
            found = [PurePosixPath(path).name for path in self._fs.find(self._at(BACKUPS))]
        return sorted(name for name in found if name.endswith(".json"))

    def missing(self, sizes: Mapping[str, int]) -> list[str]:
        """Return the names of what is not there yet, or was cut off."""
        with self._reaching():
            return [name for name, size in self._each(self._size, sizes) if size != sizes[name]]

    def put(self, files: Mapping[str, Path]) -> list[str]:
        """Put files under their names, and return the names of those that are not what their names say."""

        def put(name: str) -> bool:
            with files[name].open("rb") as stream:
                right = _is_named(stream, name)
            if right:
                self._fs.put_file(str(files[name]), self._at(name))
            return right

        with self._reaching():
            return [name for name, right in self._each(put, files) if not right]

    def read(self, name: str) -> bytes:
        """Return what is under a name.

        Raises:
            RegistryError: It is not what its name says.
        """
        with self._reaching():
            content: bytes = self._fs.cat_file(self._at(name))
        if hashlib.sha256(content).hexdigest() not in name.replace("/", ""):
            raise self._altered(name)
        return content

    def check(self, names: Iterable[str]) -> None:
        """Read everything, and compare it with what its name says.

        Raises:
            RegistryError: Something is missing or altered; the message names it.
        """

        def intact(name: str) -> bool:
            with contextlib.suppress(FileNotFoundError), self._fs.open(self._at(name), "rb") as stream:
                return _is_named(stream, name)
            return False

        with self._reaching():
            wrong = sorted(name for name, right in self._each(intact, names) if not right)
        if wrong:
            raise self._altered(*wrong)

    def get(self, name: str, target: Path) -> None:
        """Bring what is under a name.

        Raises:
            RegistryError: It is not what its name says.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._reaching():
            self._fs.get_file(self._at(name), str(target))
        with target.open("rb") as stream:
            if not _is_named(stream, name):
                raise self._altered(name)

    def write_backup(self, name: str, content: bytes) -> None:
        """Put the description of a backup, with which there is one."""
        with NamedTemporaryFile(prefix="trimtab-") as file:
            file.write(content)
            file.flush()
            with self._reaching():
                self._fs.put_file(file.name, self._at(f"{BACKUPS}/{name}"))

    def _at(self, name: str) -> str:
        return str(self._fs.join(self._path, *name.split("/")))

    def _size(self, name: str) -> int | None:
        with contextlib.suppress(FileNotFoundError):
            size: int = self._fs.info(self._at(name))["size"]
            return size
        return None

    def _each(self, what: Callable[[str], Any], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
        asked = list(names)
        with ThreadPoolExecutor(min(self._fs.jobs, max(len(asked), 1))) as pool:
            yield from zip(asked, pool.map(what, asked), strict=True)

    def _altered(self, *names: str) -> RegistryError:
        more = f", and {len(names) - 10} more" if len(names) > 10 else ""
        return RegistryError(
            f"The backup is not whole: missing or altered are {', '.join(names[:10])}{more}",
            where=self.shown,
            fix="restore an earlier backup or another copy; to take a whole one, remove these there first",
        )

    def _reaching(self) -> contextlib.AbstractContextManager[None]:
        return reaching(self.shown)


@contextlib.contextmanager
def reaching(place: str) -> Iterator[None]:
    """Say which place failed; each kind of file system has errors of its own.

    Raises:
        RemoteError: It did.
    """
    try:
        yield
    except TrimtabError:
        raise
    except Exception as err:
        raise RemoteError(
            f"The place failed: {type(err).__name__}: {err}",
            where=place,
            fix="check that it can be reached, and try again; what was written does no harm",
        ) from err


def file_system(place: str, settings: Any) -> tuple[Any, str]:
    """Return DVC's file system for a place, and the path in it.

    Args:
        place: The name of a DVC remote, a folder, or an address.
        settings: DVC's configuration.
    """
    from dvc.fs import get_cloud_fs
    from dvc_objects.fs.errors import RemoteMissingDepsError

    named = place in settings.get("remote", {})
    address = place if named or "://" in place else str(Path(place).absolute())
    try:
        kind, config, path = get_cloud_fs(settings, **({"name": place} if named else {"url": address}))
        return kind(**config), path
    except (ImportError, RemoteMissingDepsError) as err:
        raise RemoteError(
            f"DVC has no support for this kind of place here: {err}",
            where=place,
            fix="install it: `pip install 'dvc[s3]'`, `dvc[ssh]`, and so on",
        ) from err


def blob_name(sha256: str) -> str:
    """Return where a file of that SHA-256 is."""
    return f"{BLOBS}/{sha256[:2]}/{sha256[2:]}"


def object_name(oid: str, *, legacy: bool) -> str:
    """Return where DVC's object of that hash is, as in a DVC remote."""
    return f"{oid[:2]}/{oid[2:]}" if legacy else f"{OBJECTS}/{oid[:2]}/{oid[2:]}"


def _is_named(stream: Any, name: str) -> bool:
    """Whether what a stream holds is what its name says."""
    from dvc_data.hashfile.hash import fobj_md5

    claimed = "".join(name.split("/")[-2:]).removesuffix(".dir")
    if name.startswith(f"{BLOBS}/"):
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    else:
        digest = fobj_md5(stream, name="md5" if name.startswith(OBJECTS) else "md5-dos2unix")
    return digest == claimed
