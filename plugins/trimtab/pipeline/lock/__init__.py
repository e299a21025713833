"""Lock entries and lock files: read, checked and written as DVC writes them."""

from __future__ import annotations

from trimtab.pipeline.lock.content import (
    OWN,
    Content,
    ContentError,
    checked,
    files_of,
    hashed_like,
    is_folder,
    is_legacy,
    listing_of,
    of_file,
    of_folder,
    shown,
    wrong_in,
)
from trimtab.pipeline.lock.lock_entry import (
    Entry,
    address,
    command,
    contents,
    differences,
    in_order,
    is_external,
    lock_path,
    path_in_entry,
    path_in_graph,
    short_name,
    without_path,
)
from trimtab.pipeline.lock.lock_file import NAME, LockFile
from trimtab.pipeline.lock.lock_yaml import entry_text

__all__ = [
    "NAME",
    "OWN",
    "Content",
    "ContentError",
    "Entry",
    "LockFile",
    "address",
    "checked",
    "command",
    "contents",
    "differences",
    "entry_text",
    "files_of",
    "hashed_like",
    "in_order",
    "is_external",
    "is_folder",
    "is_legacy",
    "listing_of",
    "lock_path",
    "of_file",
    "of_folder",
    "path_in_entry",
    "path_in_graph",
    "short_name",
    "shown",
    "without_path",
    "wrong_in",
]
