"""What the control room has read before, by the hash of what it was read from."""

from __future__ import annotations

from pathlib import Path

from trimtab.json_cache import JsonCache
from trimtab.user_cache import cache_folder

FOLDER = "control-room"


def figures_cache(root: Path) -> JsonCache:
    """Return the cache of figures of windows, by the verdict.

    Args:
        root: The folder that asks: a project, or the working directory of a server.
    """
    return JsonCache(cache_folder(root, FOLDER), ".window.json", limit=2000)


def summaries_cache(root: Path) -> JsonCache:
    """Return the cache of summaries of gate reports, by the hash of the report."""
    return JsonCache(cache_folder(root, FOLDER), ".gate.json", limit=2000)


def dag_cache(root: Path) -> JsonCache:
    """Return the cache of the tasks of DAGs, by the hash of the DAG."""
    return JsonCache(cache_folder(root, FOLDER), ".dag.json", limit=2000)
