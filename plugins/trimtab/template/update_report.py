"""What an update did to a project, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trimtab.template.divergence import Divergence
from trimtab.template.merge import Merge
from trimtab.template.migration import Migration
from trimtab.template.record import TemplateRecord
from trimtab.template.shared_files import LOCK
from trimtab.template.sides import TemplateSides

SCHEMA = "trimtab.update/1"


@dataclass(frozen=True)
class UpdateReport:
    """What an update did, or would do.

    Attributes:
        before: The version of the template that the project had.
        after: The version that it has now.
        files: The changed files of the template by what happened to them: ``updated``, ``added``,
            ``removed``, ``merged`` with the project's edits, or ``conflict``.
        divergences: What the project changed on the template's side of the line.
        migrations: The files of the project in which deprecated names were replaced.
        new_lock: Whether the lock file has to be made again, because it is the template's now, without the
            project's packages.
        dry_run: Whether nothing was written.
    """

    before: str
    after: TemplateRecord
    files: Mapping[str, Sequence[str]]
    divergences: Sequence[Divergence]
    migrations: Sequence[Migration]
    new_lock: bool
    dry_run: bool

    @property
    def conflicts(self) -> Sequence[str]:
        """The files with a conflict."""
        return self.files["conflict"]

    def to_dict(self) -> dict[str, Any]:
        """Return the report for ``--json``."""
        return {
            "schema": SCHEMA,
            "before": self.before,
            "after": asdict(self.after),
            "files": {what: list(paths) for what, paths in self.files.items()},
            "divergences": [asdict(divergence) for divergence in self.divergences],
            "migrations": [
                {"path": migration.path, "renamed": dict(migration.renamed)} for migration in self.migrations
            ],
            "new_lock": self.new_lock,
            "dry_run": self.dry_run,
        }

    def to_text(self) -> str:
        """Return the report for a terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        same = self.before == self.after.version
        yield f"template: {self.before}" + (" (up to date)" if same else f" -> {self.after.version}")
        counts = [f"{len(paths)} {what}" for what, paths in self.files.items() if paths]
        yield f"files of the template: {', '.join(counts) or 'no change'}"
        for path in self.files["merged"]:
            yield f"  merged with your edits: {path}"
        if self.conflicts:
            yield "conflicts: edit these files, then `git add` them"
            for path in self.conflicts:
                yield f"  {path}"
        if self.new_lock:
            yield f"{LOCK}: the template's, without your packages: run `make lock`"
        if self.divergences:
            yield "divergences: this project changed files on the template's side of the line"
            for divergence in self.divergences:
                yield f"  {divergence.kind}: {divergence.path}"
        for migration in self.migrations:
            names = ", ".join(f"{old} -> {new}" for old, new in migration.renamed.items())
            yield f"deprecated names in {migration.path}: {names}"
            yield migration.diff
        if self.dry_run:
            yield "Nothing was written: this was a dry run."
        elif not same or self.migrations:
            yield "Nothing is committed. `git diff --cached` shows the changes of the template's files,"
            yield "`git diff` those of your own files."
            yield "Next: `make lint test`, then `git commit --all`."


def make_report(
    *,
    before: str,
    after: TemplateRecord,
    sides: TemplateSides,
    merged: Merge,
    divergences: Sequence[Divergence],
    migrations: Sequence[Migration],
    new_lock: bool,
    dry_run: bool,
) -> UpdateReport:
    """Return the report of an update.

    Args:
        before: The version that the project had.
        after: The version that it has now.
        sides: The template's side of the line.
        merged: The merge.
        divergences: What the project changed on the template's side.
        migrations: The files in which deprecated names are replaced.
        new_lock: Whether the lock file has to be made again.
        dry_run: Whether nothing was written.
    """
    files: dict[str, list[str]] = {"updated": [], "added": [], "removed": [], "merged": [], "conflict": []}
    for path in sorted({*sides.ours, *merged.files, *merged.conflicts}):
        old, new = sides.ours.get(path), merged.files.get(path)
        if path in merged.conflicts:
            files["conflict"].append(path)
        elif old is None:
            files["added"].append(path)
        elif new is None:
            files["removed"].append(path)
        elif old != new:
            files["updated" if old == sides.base.get(path) else "merged"].append(path)
    return UpdateReport(before, after, files, divergences, migrations, new_lock, dry_run)
