"""The content of a file or a folder in ``dvc.lock``: its hash, its size, its number of files.

Hashes and paths become parts of paths in the cache and the project. Lock files, ``.dvc`` files, folder
objects, the run cache and XComs are untrusted data. So this module validates each where it is read.

A folder object is the object that DVC's cache has for a folder: a JSON list of paths and hashes of files.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import TypedDict, cast

from trimtab.errors import StageError


class Content(TypedDict, total=False):
    """The content of a dependency or an output, as ``dvc.lock`` has it.

    Attributes:
        hash: ``md5``; absent if DVC 2 computed the hash.
        md5: The MD5 hash of a file, or of a folder object with the suffix ``.dir``.
        etag: The ETag of an object in a cloud store.
        checksum: The checksum that another kind of store returns.
        size: The size in bytes.
        nfiles: The number of files of a folder.
        isexec: Whether a file is executable.
    """

    hash: str
    md5: str
    etag: str
    checksum: str
    size: int
    nfiles: int
    isexec: bool


RESERVED_FOLDERS = (".git", ".hg", ".dvc")  # never data for DVC: git and DVC may execute what is in them
REMOVE_OBJECT = "remove that object from the cache and the remote, and run the stage of the folder again"
MAX_NAME_BYTES = 255  # of one name in a path, the limit of file systems
_HASH = re.compile(r"[0-9a-f]{32}(\.dir)?")
_SIMPLE_PATH = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}/){0,20}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class ContentError(StageError):
    """An invalid hash or path, which DVC has not written."""


def validate_content(content: Mapping[str, object], *, where: str) -> Content:
    """Return untrusted data as a content if its hash is valid. A content need not have a hash.

    Args:
        content: The content.
        where: Where it was read, for the message.

    Raises:
        ContentError: The hash is invalid.
    """
    if "md5" in content and not is_hash(content["md5"]):
        raise ContentError(
            f"The value is not a hash of DVC's: {abbreviate(content['md5'])}",
            where=where,
            fix="restore the file that contains it: DVC has not written it",
        )
    return cast(Content, content)


def is_hash(value: object) -> bool:
    """Whether a value is a valid hash of a file or a folder."""
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def parse_folder_object(text: bytes, *, where: str) -> dict[str, str]:
    """Return the hashes of the files of a folder, by their paths below it.

    Args:
        text: The folder object.
        where: The hash or the path of the folder, for the message.

    Raises:
        ContentError: The text is not a folder object, or contains an invalid path.
    """
    try:
        found = json.loads(text)
        files = {file["relpath"]: file["md5"] for file in found}
        if not isinstance(found, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise ContentError(
            "The object is not a folder object of DVC", where=where, fix=REMOVE_OBJECT
        ) from err
    for name, md5 in files.items():
        problem = find_path_problem(name) or (
            "" if is_hash(md5) and not md5.endswith(".dir") else "it has no hash"
        )
        if problem:
            raise ContentError(
                f"The folder object contains an invalid file: {abbreviate(name)}: {problem}",
                where=where,
                fix=REMOVE_OBJECT,
            )
    both = _parent_folders(files) & files.keys()
    if both:
        raise ContentError(
            f"The folder object has a file that is a folder too: {abbreviate(min(both))}",
            where=where,
            fix=REMOVE_OBJECT,
        )
    return files


def find_path_problem(name: object) -> str:
    """Return why a value cannot be the path of a file below a folder; empty if it can."""
    if not isinstance(name, str):
        return "it is not text"
    if _SIMPLE_PATH.fullmatch(name):  # true for most
        return ""
    parts = re.split(r"[/\\]", name)
    if "\0" in name or any(part in ("", ".", "..") for part in parts) or re.match(r"[A-Za-z]:$", parts[0]):
        return "it leads out of the folder"
    if any(part.lower() in RESERVED_FOLDERS for part in parts):
        return "it is in a folder of git or DVC"
    try:
        longest = max(len(os.fsencode(part)) for part in parts)
    except UnicodeEncodeError:
        return "no file system allows such a name"
    return "it is too long" if longest > MAX_NAME_BYTES else ""


def _parent_folders(names: Iterable[str]) -> set[str]:
    """Return every folder above the paths."""
    found: set[str] = set()
    for name in names:
        folder = posixpath.dirname(name)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def abbreviate(value: object) -> str:
    """Return a value in ASCII for an error message, cut to 80 characters."""
    text = ascii(value) if isinstance(value, str) else type(value).__name__
    return text if len(text) <= 80 else f"{text[:77]}..."


def is_folder(content: Mapping[str, object]) -> bool:
    """Whether a content is that of a folder."""
    return str(content.get("md5", "")).endswith(".dir")


def is_legacy(content: Mapping[str, object]) -> bool:
    """Whether DVC 2 computed the hash, with normalized line ends."""
    return "hash" not in content


def match_hash_format(content: Content, other: Content) -> Content:
    """Return a content in the format of another one with the same ``md5``.

    Args:
        content: The content.
        other: A content in the format of DVC 2 or DVC 3.
    """
    legacy = content.copy()
    legacy.pop("hash", None)
    return legacy if is_legacy(other) else {"hash": "md5", **legacy}


def file_content(md5: str, size: int, *, executable: bool, legacy: bool) -> Content:
    """Return the content of a file."""
    content: Content = {} if legacy else {"hash": "md5"}
    content |= {"md5": md5, "size": size}
    return {**content, "isexec": True} if executable else content


def folder_content(files: Mapping[str, Content], *, legacy: bool) -> Content:
    """Return the content of a folder; its hash is that of the folder object.

    Args:
        files: The content of each file, by its path below the folder.
        legacy: Whether the files were hashed as DVC 2 does.
    """
    md5 = hashlib.md5(folder_object(files), usedforsecurity=False).hexdigest() + ".dir"
    content: Content = {} if legacy else {"hash": "md5"}
    return {**content, "md5": md5, "size": sum(file["size"] for file in files.values()), "nfiles": len(files)}


def folder_object(files: Mapping[str, Content]) -> bytes:
    """Return the folder object of a folder."""
    return json.dumps([{"md5": files[name]["md5"], "relpath": name} for name in sorted(files)]).encode()
