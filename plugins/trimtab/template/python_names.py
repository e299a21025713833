"""Deprecated names in Python source, replaced in place: comments and layout stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.deprecations import Deprecation


@dataclass(frozen=True, order=True)
class _Edit:
    """A replacement in a source: of some bytes of a line."""

    line: int
    start: int
    end: int
    new: str
    name: str


def replace_python_names(text: str, deprecations: Mapping[str, Deprecation]) -> tuple[str, dict[str, str]]:
    """Replace the deprecated names in a source: where they are imported, and where they are used.

    ``from trimtab.drift import Verdict`` becomes ``import DriftVerdict``, and each ``Verdict`` below becomes
    ``DriftVerdict``. If the source gives either name another meaning too, it becomes
    ``import DriftVerdict as Verdict``.

    Args:
        text: The source.
        deprecations: The deprecated names.

    Returns:
        The new source, and the replaced names by old name.
    """
    if not any(name.rpartition(".")[2] in text for name in deprecations):
        return text, {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # every other command says what is wrong with it
        return text, {}
    edits = {*_edits_of_imports(tree, deprecations), *_edits_of_attributes(tree, deprecations)}
    lines = text.encode().splitlines(keepends=True)
    for edit in sorted(edits, reverse=True):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.start] + edit.new.encode() + line[edit.end :]
    return b"".join(lines).decode(), {edit.name: deprecations[edit.name].new for edit in sorted(edits)}


def _edits_of_imports(tree: ast.Module, deprecations: Mapping[str, Deprecation]) -> Iterator[_Edit]:
    """Yield the edits for ``from package import name``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            if full not in deprecations:
                continue
            new = deprecations[full].new.rpartition(".")[2]
            end = alias.col_offset + len(alias.name)
            if alias.asname or _is_only_import(tree, alias.name, new):
                yield _Edit(alias.lineno, alias.col_offset, end, new, full)
            else:
                yield _Edit(alias.lineno, alias.col_offset, end, f"{new} as {alias.name}", full)
            if not alias.asname and _is_only_import(tree, alias.name, new):
                yield from (
                    _Edit(use.lineno, use.col_offset, use.col_offset + len(use.id), new, full)
                    for use in ast.walk(tree)
                    if isinstance(use, ast.Name) and use.id == alias.name
                )


def _is_only_import(tree: ast.Module, old: str, new: str) -> bool:
    """Whether a source has the old name only by one import and by its uses, and the new name not at all."""
    meanings = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            meanings += node.id == new or (node.id == old and not isinstance(node.ctx, ast.Load))
        elif isinstance(node, ast.alias):
            bound = node.asname or node.name
            meanings += bound in (old, new)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            meanings += node.name in (old, new)
        elif isinstance(node, ast.arg):
            meanings += node.arg in (old, new)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            meanings += old in node.value  # such as a quoted annotation, or a name in `__all__`
    return meanings == 1


def _edits_of_attributes(tree: ast.Module, deprecations: Mapping[str, Deprecation]) -> Iterator[_Edit]:
    """Yield the edits for ``package.name``, such as ``drift.Verdict`` after ``from trimtab import drift``."""
    modules = dict(_imported_modules(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.end_col_offset and node.end_lineno:
            full = _full_name(node, modules)
            if full in deprecations:
                start = node.end_col_offset - len(node.attr)
                new = deprecations[full].new.rpartition(".")[2]
                yield _Edit(node.end_lineno, start, node.end_col_offset, new, full)


def _imported_modules(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names that imports bind, each with the full name of what it may be."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _full_name(node: ast.expr, modules: Mapping[str, str]) -> str:
    """Return the full name of an attribute of a module; empty for any other expression."""
    if isinstance(node, ast.Name):
        return modules.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = _full_name(node.value, modules)
        return f"{owner}.{node.attr}" if owner else ""
    return ""
