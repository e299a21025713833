"""Imports Great Expectations without what a gate seldom uses of it: every process waits for that."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

# It imports them for plots and a few statistical tests; together they are a third of its time.
SELDOM_USED = ("altair", "scipy.stats")


def import_great_expectations() -> None:
    """Import Great Expectations; what it seldom uses is imported when it is first used."""
    deferring, collecting = _Deferring(), gc.isenabled()
    sys.meta_path.insert(0, deferring)
    gc.disable()  # thousands of classes are made, none of them garbage
    try:
        importlib.import_module("great_expectations")
    finally:
        sys.meta_path.remove(deferring)
        if collecting:
            gc.enable()


class _Deferring(MetaPathFinder):
    """Finds the modules that run at the first use of anything in them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in SELDOM_USED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec
