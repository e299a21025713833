"""Extensions: functions and classes of a project, named as ``module:name`` where a built-in name may stand.

A commit says what may execute, and nothing else does: a name that the checkout does not declare is refused,
whether it comes from a param of a run, an XCom or MLflow. See docs/extending.md.
"""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import Any

from trimtab.errors import ConfigError, closest
from trimtab.params_file import PARAMS_FILE, load_yaml

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def is_extension(name: str) -> bool:
    """Whether a name has the form ``module:name`` of an extension."""
    return _NAME.fullmatch(name) is not None


def find_extensions(value: object) -> set[str]:
    """Return the names of extensions in a value of a YAML file, at any depth."""
    return set(_find(value))


def declared_extensions(root: Path) -> set[str]:
    """Return the names of extensions that the ``params.yaml`` of a checkout gives the library.

    Raises:
        ConfigError: The file is missing or broken.
    """
    return find_code(load_yaml(root / PARAMS_FILE))


def load_extension(name: str, root: Path, *, declared: Collection[str] | None = None) -> object:
    """Import an extension from a checkout, or from an installed package.

    Args:
        name: Its name, ``module:name``; the module as seen from ``root``.
        root: The root of the checkout.
        declared: The names that the checkout declares; by default those in its ``params.yaml``.

    Raises:
        ConfigError: The checkout does not declare the name, the module cannot be imported, or it does not
            define the name.
    """
    known = declared_extensions(root) if declared is None else declared
    if name not in known:
        raise ConfigError(
            f"The extension '{name}' is not declared in the checkout",
            where=str(root),
            fix=f"name it in {PARAMS_FILE} or dvc.yaml in a commit; nothing of it was executed",
        )
    module_name, _, attribute = name.partition(":")
    module = import_module(module_name, root, where=name)
    if not hasattr(module, attribute):
        raise ConfigError(
            f"The module '{module_name}' does not define '{attribute}'{closest(attribute, vars(module))}",
            where=name,
            fix="correct the name after the colon",
        )
    return getattr(module, attribute)


def load_extensions(
    names: Iterable[str], root: Path, *, declared: Collection[str] | None = None
) -> dict[str, object]:
    """Import several extensions; the arguments are those of :func:`load_extension`.

    Returns:
        The extensions by name.

    Raises:
        ConfigError: As for :func:`load_extension`.
    """
    wanted = list(names)
    known = declared_extensions(root) if wanted and declared is None else declared
    return {name: load_extension(name, root, declared=known) for name in wanted}


def find_code(params: Mapping[str, object]) -> set[str]:
    """Return the names of extensions where the library reads them in the content of a params file."""
    found = find_extensions(_get(params, "promote", "metric"))
    found |= find_extensions(_get(params, "drift", "rules")) | find_extensions(
        _get(params, "drift", "statistics")
    )
    return found.union(*(find_extensions(_get(params, section, "checks")) for section in params))


def _get(params: Mapping[str, object], section: str, key: str) -> object:
    values = params.get(section)
    return values.get(key) if isinstance(values, Mapping) else None


def require_function(name: str, loaded: object, *, where: str) -> Callable[..., Any]:
    """Return what was imported, if it can be called.

    Raises:
        ConfigError: It cannot.
    """
    if not callable(loaded):
        raise ConfigError(f"'{name}' is no function: {loaded!r}", where=where, fix="name a function")
    return loaded


def is_finite_number(value: object) -> bool:
    """Whether what an extension returned is a finite number, of Python or NumPy."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def import_module(name: str, root: Path, *, where: str) -> ModuleType:
    """Import a module of a checkout, or of an installed package.

    Args:
        name: The module, as seen from ``root``.
        root: The root of the checkout.
        where: Where the module is named, for the message.

    Raises:
        ConfigError: It cannot be imported, or another module of its name hides it.
    """
    folder = str(root.resolve())
    if folder not in sys.path:
        sys.path.append(folder)  # as `python -m` has it, but behind what is installed
    try:
        module = importlib.import_module(name)
    except Exception as err:  # a project's own code can raise anything
        absent = isinstance(err, ModuleNotFoundError) and name.startswith(str(err.name))
        raise ConfigError(
            f"The module '{name}' cannot be imported: {type(err).__name__}: {err}",
            where=where,
            fix="name it from the project's root" if absent else "correct the module",
        ) from err
    _require_own(module, name, root, where)
    return module


def module_file(name: str, root: Path) -> Path | None:
    """Return the file of a module in a checkout; None if the checkout has no such module."""
    path = root.joinpath(*name.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)


def _require_own(module: ModuleType, name: str, root: Path, where: str) -> None:
    """Refuse a module of another checkout that hides the one of this checkout, as by ``PYTHONPATH``."""
    own, imported = module_file(name, root), module.__file__
    if own and (imported is None or not own.samefile(imported)):
        raise ConfigError(
            f"The module '{name}' was imported from another place: {imported or 'a folder'}",
            where=f"{where}: {own}",
            fix="remove that place from PYTHONPATH, or rename the module",
        )


def _find(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if is_extension(value):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _find(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _find(each)
