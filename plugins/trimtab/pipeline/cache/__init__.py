"""DVC's cache, remotes and run cache: cache objects by hash, leases on them, garbage collection."""

from __future__ import annotations

from trimtab.pipeline.cache.cache import DvcCache, MissingObjectError, remove_path
from trimtab.pipeline.cache.cache_inspection import (
    cache_directory,
    find_link_types,
    open_remotes,
    remote_endpoints,
)
from trimtab.pipeline.cache.cache_objects import ObjectState, check_object
from trimtab.pipeline.cache.garbage_collection import SECONDS_PER_DAY, dvc_file_texts, find_unused_objects
from trimtab.pipeline.cache.hashing import Hasher
from trimtab.pipeline.cache.leases import open_leases
from trimtab.pipeline.cache.remote import Remote
from trimtab.pipeline.cache.remote_folder import RemoteFolder, open_remote_folder
from trimtab.pipeline.cache.run_cache import RunCache, is_repeatable

__all__ = [
    "SECONDS_PER_DAY",
    "DvcCache",
    "Hasher",
    "MissingObjectError",
    "ObjectState",
    "Remote",
    "RemoteFolder",
    "RunCache",
    "cache_directory",
    "check_object",
    "dvc_file_texts",
    "find_link_types",
    "find_unused_objects",
    "is_repeatable",
    "open_leases",
    "open_remote_folder",
    "open_remotes",
    "remote_endpoints",
    "remove_path",
]
