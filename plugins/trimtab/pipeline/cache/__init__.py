"""DVC's cache, remotes and run cache: objects by hash, leases on them, garbage collection."""

from __future__ import annotations

from trimtab.pipeline.cache.cache import MissingContentError, Store, remove
from trimtab.pipeline.cache.cache_objects import State, look
from trimtab.pipeline.cache.garbage_collection import DAY, texts_at, unused_objects
from trimtab.pipeline.cache.hashing import Hasher, open_hasher
from trimtab.pipeline.cache.leases import leasing
from trimtab.pipeline.cache.remote import Remote
from trimtab.pipeline.cache.run_cache import RunCache, is_repeatable

__all__ = [
    "DAY",
    "Hasher",
    "MissingContentError",
    "Remote",
    "RunCache",
    "State",
    "Store",
    "is_repeatable",
    "leasing",
    "look",
    "open_hasher",
    "remove",
    "texts_at",
    "unused_objects",
]
