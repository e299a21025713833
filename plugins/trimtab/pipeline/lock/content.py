"""What a file or a folder holds, as ``dvc.lock`` says it: a hash, a size, a number of files.

Hashes and paths become parts of paths of the cache and of the project. Lock files, ``.dvc`` files, listings
of folders, the run cache and XComs are data that others wrote, so each is checked here, where it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from trimtab.errors import StageError

Content = dict[str, Any]  # {"hash": "md5", "md5", "size"[, "nfiles"][, "isexec"]}

OWN = (".git", ".hg", ".dvc")  # folders that DVC never takes for data: what is in them may be run
REMOVE = "remove that object from the cache and the remote, and run the stage that makes the folder again"
LONGEST = 255  # bytes of one name in a path, for a file system
_HASH = re.compile(r"[0-9a-f]{32}(\.dir)?")
_PLAIN = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}/){0,20}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class ContentError(StageError):
    """A hash or a path that is none: whoever wrote it was not DVC."""


def checked(content: Content, *, where: str) -> Content:
    """Return a content whose hash, if it has one, is one.

    Args:
        content: As it was read.
        where: For the message: whose it is.

    Raises:
        ContentError: It is not.
    """
    if "md5" in content and not is_hash(content["md5"]):
        raise ContentError(
            f"This is not a hash of DVC's: {shown(content['md5'])}",
            where=where,
            fix="restore the file it was read from: DVC has not written it",
        )
    return content


def is_hash(value: Any) -> bool:
    """Whether a value is a hash as DVC writes it, of a file or of a folder."""
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def files_of(listing: bytes, *, where: str) -> dict[str, str]:
    """Map the files of a folder, by their paths below it, to their hashes.

    Args:
        listing: The object that DVC's cache holds for the folder.
        where: For the message: the folder's hash, or its path.

    Raises:
        ContentError: It is no listing, or a path in it leads out of the folder or into git's or DVC's own.
    """
    try:
        found = json.loads(listing)
        files = {file["relpath"]: file["md5"] for file in found}
        if not isinstance(found, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise ContentError("This object is not the listing of a folder", where=where, fix=REMOVE) from err
    for name, md5 in files.items():
        wrong = wrong_in(name) or ("" if is_hash(md5) and not md5.endswith(".dir") else "it has no hash")
        if wrong:
            raise ContentError(
                f"The listing holds a file that no folder can: {shown(name)}: {wrong}",
                where=where,
                fix=REMOVE,
            )
    twice = _folders(files) & files.keys()
    if twice:
        raise ContentError(
            f"The listing has a file that is a folder too: {shown(min(twice))}", where=where, fix=REMOVE
        )
    return files


def wrong_in(name: Any) -> str:
    """Say why a name cannot be that of a file below a folder."""
    if not isinstance(name, str):
        return "it is no text"
    if _PLAIN.fullmatch(name):  # most are
        return ""
    parts = re.split(r"[/\\]", name)
    if "\0" in name or any(part in ("", ".", "..") for part in parts) or re.match(r"[A-Za-z]:$", parts[0]):
        return "it leads out of the folder"
    if any(part.lower() in OWN for part in parts):
        return "it is in a folder of git's or DVC's own"
    try:
        longest = max(len(os.fsencode(part)) for part in parts)
    except UnicodeEncodeError:
        return "no file system has such a name"
    return "it is too long" if longest > LONGEST else ""


def _folders(names: Iterable[str]) -> set[str]:
    """Every folder that the paths name."""
    found: set[str] = set()
    for name in names:
        folder = posixpath.dirname(name)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def shown(value: Any) -> str:
    """Return a value for a message: of one that somebody made to be long, the beginning."""
    text = ascii(value) if isinstance(value, str) else type(value).__name__
    return text if len(text) <= 80 else f"{text[:77]}..."


def is_folder(content: Content) -> bool:
    """Whether the content is a folder's."""
    return str(content.get("md5", "")).endswith(".dir")


def is_legacy(content: Content) -> bool:
    """Whether DVC 2 hashed it, line ends normalised, and nothing has changed since."""
    return "hash" not in content


def hashed_like(content: Content, other: Content) -> Content:
    """Return a content whose hash is another one's too, as it is written where that one is.

    Args:
        content: A content.
        other: One of the same ``md5``, which DVC 2 hashed or DVC 3.
    """
    kept = {key: value for key, value in content.items() if key != "hash"}
    return kept if is_legacy(other) else {"hash": "md5", **kept}


def of_file(md5: str, size: int, *, executable: bool, legacy: bool) -> Content:
    """Return the content of a file."""
    content: Content = {} if legacy else {"hash": "md5"}
    content |= {"md5": md5, "size": size}
    return {**content, "isexec": True} if executable else content


def of_folder(files: Mapping[str, Content], *, legacy: bool) -> Content:
    """Return the content of a folder: the hash of the listing of its files, as DVC writes it.

    Args:
        files: Content of each file, by its path below the folder.
        legacy: Whether the files were hashed as DVC 2 did.
    """
    md5 = hashlib.md5(listing_of(files), usedforsecurity=False).hexdigest() + ".dir"
    content: Content = {} if legacy else {"hash": "md5"}
    return {**content, "md5": md5, "size": sum(file["size"] for file in files.values()), "nfiles": len(files)}


def listing_of(files: Mapping[str, Content]) -> bytes:
    """Return the object that DVC's cache holds for a folder."""
    return json.dumps([{"md5": files[name]["md5"], "relpath": name} for name in sorted(files)]).encode()
