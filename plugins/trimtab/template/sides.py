"""The template's side of the line: its files in the old version, in the project and in the new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.template.ownership import Ownership
from trimtab.template.repository import TemplateRepository, TreeFile
from trimtab.template.shared_files import with_own_packages

Files = Mapping[str, TreeFile]


@dataclass(frozen=True)
class TemplateSides:
    """The files that a merge is about, by path, and the rest of the project.

    Attributes:
        base: The template's files in the version that the project has.
        ours: The same files in the project, and those that it added in the template's folders.
        theirs: The template's files in the new version.
        project_files: All other files of the project.
    """

    base: Files
    ours: Files
    theirs: Files
    project_files: Files


def template_sides(repository: TemplateRepository, *, base: str, project: str, new: str) -> TemplateSides:
    """Divide files by the new version's list of owners.

    A clone of the template has files that are upstream's alone. Those that it has kept are on the template's
    side, with the new ones beside them; those that it deleted or added are its own business.

    Args:
        repository: A clone of the template that sees the objects of the project.
        base: The version of the template that the project has.
        project: The commit of the project.
        new: The new version of the template.
    """
    owners, earlier_owners = repository.ownership(new), repository.ownership(base)
    old, ours, theirs = (repository.files(commit) for commit in (base, project, new))
    kept = {
        entry for path in ours if ours[path] == old.get(path) and (entry := _upstream_entry(path, owners))
    }

    def is_templates(path: str) -> bool:
        if owners.owner(path) == "template":
            return True
        return _upstream_entry(path, owners) in kept and (path in ours) == (path in old)

    def is_given(path: str) -> bool:
        """Whether the project once got a file. If it lacks the file, it has deleted it."""
        return path in ours or earlier_owners.owner(path) == "template"

    given = {path: file for path, file in old.items() if is_templates(path) and is_given(path)}
    newest = {path: file for path, file in theirs.items() if is_templates(path)}
    return TemplateSides(
        base=with_own_packages(repository, given, ours),
        ours={path: file for path, file in ours.items() if is_templates(path)},
        theirs=with_own_packages(repository, newest, ours),
        project_files={path: file for path, file in ours.items() if not is_templates(path)},
    )


def _upstream_entry(path: str, owners: Ownership) -> str | None:
    """Return the entry of a path that is upstream's alone; None for another path."""
    return owners.entry(path) if owners.owner(path) == "upstream-only" else None
