"""Internals of DVC: names that its documentation does not promise. No other module touches them.

A new version of DVC that moves one of them breaks this module. ``tests/pipeline/test_dvc_compat.py`` has one
test per name, and the failing test says which name moved and what it is for.

Sections: hooks, graph, repository, errors. A new section goes to the end.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError

# --- Hooks: functions of DVC that are replaced while DVC resolves a graph -----------------------------------


@dataclass(frozen=True)
class Hook:
    """A function or a property of DVC that can be replaced for a while.

    Attributes:
        owner: Dotted path of the module or the class.
        name: Name of the attribute.
        parameters: The parameters that a replacement accepts, ``*`` for any others; empty for a property.
        purpose: What the hook is for, as a clause for an error message.
    """

    owner: str
    name: str
    parameters: tuple[str, ...]
    purpose: str

    def find(self) -> tuple[Any, Any]:
        """Return the owner and the attribute.

        Raises:
            ProjectError: This version of DVC has no such attribute, or it takes other parameters.
        """
        try:
            owner = _import(self.owner)
            attribute = owner.__dict__[self.name]
        except (ImportError, AttributeError, KeyError) as err:
            raise self._moved("it is gone") from err
        parameters = _parameters(attribute)
        expected = self.parameters
        if expected[-1:] == ("*",):
            expected = expected[:-1]
            parameters = parameters[: len(expected)]
        if parameters != expected:
            raise self._moved(f"its parameters are {', '.join(parameters) or 'none'}")
        return owner, attribute

    def _moved(self, change: str) -> ProjectError:
        return ProjectError(
            f"This version of DVC is not supported: {self.owner}.{self.name} has moved: {change}",
            where=f"trimtab.pipeline.dvc_compat, {self.purpose}",
            fix="install the version of DVC that Trimtab's pyproject.toml names",
        )


def _import(path: str) -> Any:
    """Import a module, or a class of a module."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


def _parameters(attribute: Any) -> tuple[str, ...]:
    function = getattr(attribute, "__func__", attribute)
    return tuple(inspect.signature(function).parameters) if callable(function) else ()


LOAD_TEMPLATE_FILE = Hook(
    "dvc.parsing.context.Context",
    "load_from",
    ("cls", "fs", "path", "select_keys"),
    "to record the files that templating reads",
)
LOAD_DVC_FILE = Hook(
    "dvc.repo.index.Index",
    "from_file",
    ("cls", "repo", "path"),
    "to record the dvc.yaml and .dvc files that DVC loads",
)
WALK_FOLDERS = Hook(
    "dvc.ignore.DvcIgnoreFilter",
    "walk",
    ("self", "fs", "path", "kwargs"),
    "to record the folders that DVC searches",
)
LOAD_YAML_FILE = Hook(
    "dvc.dvcfile.FileMixin",
    "_load_yaml",
    ("self", "kwargs"),
    "to skip parsing a dvc.lock that is valid",
)
CHECK_ACYCLIC = Hook(
    "dvc.repo.graph",
    "check_acyclic",
    ("graph",),
    "to skip the search for cycles in a graph without one",
)
PARSE_YAML = Hook(
    "ruamel.yaml.YAML",
    "load",
    ("self", "stream"),
    "to refuse YAML whose aliases expand to a huge text",
)
INIT_OUTPUT = Hook(
    "dvc.output.Output",
    "__init__",
    ("self", "stage", "path", "*"),
    "to relocate the absolute paths of outputs and dependencies",
)
RESOLVE_WORKING_FOLDER = Hook(
    "dvc.stage.loader",
    "resolve_paths",
    ("fs", "path", "wdir"),
    "to relocate absolute working directories",
)
TMP_FOLDER = Hook("dvc.repo.Repo", "tmp_dir", (), "to resolve the graph of a read-only checkout")
IGNORE_TMP_FOLDER = Hook(
    "dvc.repo.Repo", "_ignore", ("self",), "to resolve the graph of a read-only checkout"
)

HOOKS = (
    LOAD_TEMPLATE_FILE,
    LOAD_DVC_FILE,
    WALK_FOLDERS,
    LOAD_YAML_FILE,
    CHECK_ACYCLIC,
    PARSE_YAML,
    INIT_OUTPUT,
    RESOLVE_WORKING_FOLDER,
    TMP_FOLDER,
    IGNORE_TMP_FOLDER,
)


@contextlib.contextmanager
def hooked(hook: Hook, replacement: Callable[[Any], Any]) -> Iterator[None]:
    """Replace a function of DVC for the time of the block.

    Args:
        hook: The function.
        replacement: Returns the replacement, given the original.

    Raises:
        ProjectError: This version of DVC has no such function.
    """
    owner, original = hook.find()
    setattr(owner, hook.name, replacement(original))
    try:
        yield
    finally:
        setattr(owner, hook.name, original)


# --- Graph --------------------------------------------------------------------------------------------------


def plot_definitions(index: Any) -> dict[str, list[Any]]:
    """Return the ``plots`` section of each ``dvc.yaml`` of a ``dvc.repo.index.Index``, by the file's path."""
    plots: dict[str, list[Any]] = index._plots
    return plots


# --- Repository ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def read_only_repo(root: Path) -> Iterator[None]:
    """Let DVC open a read-only checkout: it creates its lock files in a temporary folder instead.

    Args:
        root: The project's root. Nothing is replaced if DVC can write to its ``.dvc/tmp`` folder.
    """
    folder = root / ".dvc" / "tmp"
    if os.access(folder if folder.exists() else folder.parent, os.W_OK):
        yield
        return
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        hooked(TMP_FOLDER, lambda _: elsewhere),
        hooked(IGNORE_TMP_FOLDER, lambda _: lambda repo: None),
    ):
        yield


def settings_files(repo: Any) -> list[str]:
    """Return the config files that an open ``dvc.repo.Repo`` reads, and the user's ignore file of git.

    Paths are relative to the root, or absolute outside of it. A file need not exist.
    """
    from dulwich.ignore import default_user_ignore_filter_path
    from dvc.scm import NoSCM

    files = list(repo.config.files.values())
    if not isinstance(repo.scm, NoSCM):
        user = default_user_ignore_filter_path(repo.scm.dulwich.repo.get_config_stack())
        files.append(os.path.expanduser(user))  # noqa: PTH111 - it need not exist
    inside = f"{repo.root_dir}{os.sep}"
    return [file.removeprefix(inside) for file in files]


# --- Errors -------------------------------------------------------------------------------------------------


def template_key(err: BaseException) -> str:
    """Return the key of ``dvc.yaml`` that DVC was resolving when it raised an error; empty if none.

    DVC does not report the key of an error that it does not expect. The frames of the traceback have it.
    """
    key = ""
    for frame, _ in traceback.walk_tb(err.__traceback__):
        definition: Any = frame.f_locals.get("self")
        if type(definition).__module__ == "dvc.parsing" and hasattr(definition, "where"):
            key = f"{definition.where}.{definition.name}"
    return key
