"""What a Python file imports, read from its text: nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trimtab.errors import ConfigError
from trimtab.extension import module_file


@dataclass
class Imports:
    """The imports of a file and of the project's files that it imports, directly or not.

    Attributes:
        files: The project's files, the first one included.
        modules: The names of modules that are not the project's, or of what is imported from them, and the
            file that imports each.
    """

    files: set[Path] = field(default_factory=set)
    modules: dict[str, Path] = field(default_factory=dict)


def find_imports(file: Path, folder: Path) -> Imports:
    """Return what a file imports.

    Args:
        file: The file.
        folder: The folder that absolute imports start from.

    Raises:
        ConfigError: A file is not valid Python.
    """
    found = Imports()
    pending = [file]
    while pending:
        current = pending.pop()
        if current in found.files:
            continue
        found.files.add(current)
        for names in _imported_names(current, folder):
            own = [own for name in names if (own := module_file(name, folder))]
            pending.extend(own)
            pending.extend(package for each in own for package in _packages(each, folder))
            if not own:
                found.modules.update({name: current for name in names if name not in found.modules})
    return found


def _imported_names(file: Path, folder: Path) -> Iterator[list[str]]:
    """Yield the module of each import; of ``from a import b``, also ``a.b``, which may be a module."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError) as err:
        raise ConfigError(f"The file is not valid Python: {err}", where=str(file), fix="correct it") from err
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            yield from ([alias.name] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, file, folder)
            yield [name for name in (module, *(f"{module}.{alias.name}" for alias in node.names)) if name]


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is below it, without what only a type checker reads."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _executed(other)
        else:
            yield from _executed(child)


def _absolute(node: ast.ImportFrom, file: Path, folder: Path) -> str:
    if not node.level:
        return node.module or ""
    package = file.parents[node.level - 1]
    parts = package.relative_to(folder).parts if package.is_relative_to(folder) else ()
    return ".".join([*parts, *([node.module] if node.module else [])])


def _packages(module: Path, folder: Path) -> Iterator[Path]:
    """Yield the ``__init__.py`` of each package around a module that has code: Python executes it first."""
    for parent in module.parents:
        if parent == folder:
            return
        package = parent / "__init__.py"
        if package.is_file() and package.read_bytes().strip():
            yield package
