"""Imports Great Expectations faster: modules that a gate seldom uses are imported at their first use."""

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
    """Import Great Expectations; its seldom used dependencies are imported at their first use."""
    deferring, collecting = _LazyModuleFinder(), gc.isenabled()
    sys.meta_path.insert(0, deferring)
    gc.disable()  # thousands of classes are made, none of them garbage
    try:
        importlib.import_module("great_expectations")
    finally:
        sys.meta_path.remove(deferring)
        if collecting:
            gc.enable()


class _LazyModuleFinder(MetaPathFinder):
    """Finds modules that are executed at the first use of an attribute."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in SELDOM_USED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec
