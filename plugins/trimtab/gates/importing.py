"""Imports Great Expectations without what a gate seldom uses of it: every process waits for that."""

from __future__ import annotations

import gc
import importlib
import sys
from importlib.util import LazyLoader, find_spec, module_from_spec

# It imports them for plots and a few statistical tests; together they are a third of its time.
SELDOM_USED = ("altair", "scipy.stats")


def import_great_expectations() -> None:
    """Import Great Expectations; what it seldom uses is imported when it is first used."""
    for name in SELDOM_USED:
        if name not in sys.modules:
            _defer(name)
    collecting = gc.isenabled()
    gc.disable()  # thousands of classes are made, none of them garbage
    try:
        importlib.import_module("great_expectations")
    finally:
        if collecting:
            gc.enable()


def _defer(name: str) -> None:
    """Put a module in place that runs at the first use of anything in it."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
