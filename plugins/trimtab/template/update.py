"""The update of a project to a newer version of its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template.divergence import find_divergences
from trimtab.template.merge import Conflict, Merge, merge
from trimtab.template.migration import find_migrations
from trimtab.template.record import RECORD_FILE, TemplateRecord, read_record
from trimtab.template.repository import TemplateRepository, TreeFile, clone_template
from trimtab.template.shared_files import LOCK, needs_new_lock
from trimtab.template.sides import TemplateSides, template_sides
from trimtab.template.update_report import UpdateReport, make_report


def update_project(
    root: Path, *, version: str | None = None, source: str | None = None, dry_run: bool = False
) -> UpdateReport:
    """Bring a project to a version of its template, in the working tree. Nothing is committed.

    Files of the template are merged with git's three-way merge and staged. Files of the project stay as they
    are, but for names that are deprecated: those are rewritten, and not staged.

    Args:
        root: A folder of the project.
        version: A tag, a branch or a commit of the template; by default its newest release.
        source: The address or the folder of the template's git repository; by default the recorded one.
        dry_run: Whether only to report what an update would do.

    Raises:
        ProjectError: The project has uncommitted changes, the template or the project's version of it is not
            known, or the version is older than the project's.
    """
    top = Path(git(root, "rev-parse", "--show-toplevel"))
    _require_committed(top)
    record = read_record(top)
    source = source or _recorded_source(top, record)
    with clone_template(source, project=top) as repository:
        head = git(top, "rev-parse", "HEAD")
        base = _base_version(repository, record, head, repository.find_version(version), top)
        new = _new_version(repository, base, version, top)
        after = TemplateRecord(repository.source, new, repository.describe(new))
        sides = template_sides(repository, base=base, project=head, new=new)
        new_lock = needs_new_lock(sides.base, sides.ours, sides.theirs)
        ours = {**sides.ours, LOCK: sides.base[LOCK]} if new_lock else sides.ours
        merged = merge(
            repository, sides.base.values(), ours.values(), sides.theirs.values(),
            label=f"template-{after.version}",
        )  # fmt: skip
        migrations = find_migrations(top, sides.project_files, repository.deprecations(new))
        if not dry_run:
            if new != base:
                _write(top, repository, head, sides, merged, after)
            for migration in migrations:
                (top / migration.path).write_text(migration.after, encoding="utf-8", newline="")
        return make_report(
            before=repository.describe(base), after=after, sides=sides, merged=merged, migrations=migrations,
            divergences=find_divergences(sides), new_lock=new_lock, dry_run=dry_run,
        )  # fmt: skip


def _require_committed(top: Path) -> None:
    changed = git(top, "status", "--porcelain", "--untracked-files=no")
    if changed:
        raise ProjectError(
            f"The project has uncommitted changes: {len(changed.splitlines())} file(s)",
            where=str(top),
            fix="commit or stash them, so that `git reset --hard` can undo the update alone",
        )


def _recorded_source(top: Path, record: TemplateRecord | None) -> str:
    if record is None:
        raise ProjectError(
            f"The project does not record where its template is: there is no {RECORD_FILE}",
            where=str(top),
            fix="give the address of the template's git repository once: `trimtab update --from URL`",
        )
    return record.source


def _base_version(
    repository: TemplateRepository, record: TemplateRecord | None, head: str, new: str, top: Path
) -> str:
    """Return the version that the project has: the recorded one, or a newer one that it has merged itself."""
    merged = repository.common_commit(head, new)
    if record is None and merged is None:
        raise ProjectError(
            "The project's version of the template is not known: no record, and no commit in common",
            where=str(top),
            fix=f"write {RECORD_FILE} with `source`, `commit` and `version` of the version it was made from",
        )
    if record is None:
        return merged or ""
    if not repository.has_commit(record.commit):
        raise ProjectError(
            f"The template does not have the recorded commit: {record.commit}",
            where=f"{top / RECORD_FILE}; {repository.source}",
            fix="give the repository that has it: `trimtab update --from URL`",
        )
    if merged and repository.is_ancestor(record.commit, merged):
        return merged
    return record.commit


def _new_version(repository: TemplateRepository, base: str, version: str | None, top: Path) -> str:
    """Return the version to update to: the project's own if the newest release is older.

    Raises:
        ProjectError: The given version is older.
    """
    new = repository.find_version(version)
    if new == base or not repository.is_ancestor(new, base):
        return new
    if version is None:
        return base
    raise ProjectError(
        f"The version is older than the project's: {version}",
        where=f"{top}: it has {repository.describe(base)}",
        fix="give a newer one; to go back, revert the commit of the update",
    )


def _write(
    top: Path,
    repository: TemplateRepository,
    head: str,
    sides: TemplateSides,
    merged: Merge,
    after: TemplateRecord,
) -> None:
    """Write the merged files into the project's working tree and index, and conflicts as git writes them."""
    record = repository.write_file(RECORD_FILE, after.to_yaml())
    files = {**sides.project_files, **merged.files, RECORD_FILE: record}
    versions = {
        file.blob: TreeFile(file.blob, file.mode, file.blob)
        for conflict in merged.conflicts.values()
        for file in conflict.values()
    }
    result = repository.write_commit(files.values(), head, repository.write_commit(versions.values()))
    repository.send(result, top)
    git(top, "read-tree", "-m", "-u", head, result)
    if merged.conflicts:
        git(top, "update-index", "-z", "--index-info", text="".join(_conflict_entries(merged.conflicts)))


def _conflict_entries(conflicts: Mapping[str, Conflict]) -> Iterator[str]:
    """Yield the lines for ``git update-index`` that make `git status` show unmerged files."""
    for path, versions in conflicts.items():
        yield f"0 {'0' * 40}\t{path}\0"
        for stage, file in versions.items():
            yield f"{file.mode} {file.blob} {stage}\t{path}\0"
