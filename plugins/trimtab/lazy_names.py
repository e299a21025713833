"""Public names of a package that are imported when they are first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def lazy_names(package: str, modules: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package. It finds deprecated names too.

    Args:
        package: The package, its ``__name__``.
        modules: The names that each of its modules defines.
    """
    module_of = {name: module for module, names in modules.items() for name in names}

    def get(name: str) -> object:
        if name in module_of:
            return getattr(import_module(f"{package}.{module_of[name]}"), name)
        renamed = None if name.startswith("_") else _find_renamed(f"{package}.{name}")
        if renamed is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return renamed

    return get


def _find_renamed(name: str) -> object | None:
    from trimtab.deprecations import find_renamed  # it is rarely needed, and reads YAML

    return find_renamed(name)
