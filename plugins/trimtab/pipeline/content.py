"""What a file or a folder holds, as ``dvc.lock`` says it: a hash, a size, a number of files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Content = dict[str, Any]  # {"hash": "md5", "md5", "size"[, "nfiles"][, "isexec"]}


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
