"""Migrations: deprecated names in the files of a project, replaced by what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trimtab.deprecations import Deprecations
from trimtab.params_file import PARAMS_FILE
from trimtab.template.params_keys import replace_params_keys
from trimtab.template.python_names import replace_python_names


@dataclass(frozen=True)
class Migration:
    """The replacement of deprecated names in a file.

    Attributes:
        path: The file.
        before: Its text.
        after: Its text with the new names.
        renamed: The replaced names, by old name.
    """

    path: str
    before: str
    after: str
    renamed: Mapping[str, str]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        before, after = self.before.splitlines(), self.after.splitlines()
        return "\n".join(difflib.unified_diff(before, after, self.path, self.path, lineterm="", n=1))


def find_migrations(top: Path, paths: Iterable[str], deprecations: Deprecations) -> list[Migration]:
    """Return the migrations of a project, in order of their paths. Nothing is written.

    Args:
        top: The top folder of the project.
        paths: The files that the project owns.
        deprecations: The deprecated names.
    """
    return list(_find(top, paths, deprecations))


def _find(top: Path, paths: Iterable[str], deprecations: Deprecations) -> Iterator[Migration]:
    for path in sorted(paths):
        pure = PurePosixPath(path)
        if (pure.name != PARAMS_FILE and pure.suffix != ".py") or (top / path).is_symlink():
            continue
        try:
            with (top / path).open(encoding="utf-8", newline="") as file:
                before = file.read()
        # It is missing in a sparse checkout, or is neither Python nor YAML.
        except (OSError, UnicodeDecodeError):
            continue
        if pure.suffix == ".py":
            after, renamed = replace_python_names(before, deprecations.python)
        else:
            after, renamed = replace_params_keys(before, (top / path).parent, deprecations.params)
        if renamed:
            yield Migration(path, before, after, renamed)
