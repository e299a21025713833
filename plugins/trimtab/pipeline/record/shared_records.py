"""Records in the DVC remote, where every clone of the project finds them.

A record is a commit in the repository of the task that made it: on a worker, in a folder that Airflow prunes.
A worker need not be allowed to push to git, but it can write to the DVC remote. So the values of the record
are there too, with the note of the run. Another clone creates the same commit from them and from its own
repository, with the checks of :func:`ensure_record`; the remote can name no code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import ProjectError, TrimtabError
from trimtab.pipeline.cache import RemoteFolder, open_remote_folder
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import abbreviate
from trimtab.pipeline.record.record import Record, ensure_record, list_runs
from trimtab.pipeline.record.run_note import RunNote, write_run_note

FOLDER = "trimtab/records"  # of the remote; below it <folder of the project>/<name of the run>/<commit>.json
SCHEMA = "trimtab.record/1"
MAX_BYTES = 8 << 20  # of a record with its note
_FILE = re.compile(r"([A-Za-z0-9_.-]+)/([0-9a-f]{40}|[0-9a-f]{64})\.json")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class FetchedRecord:
    """A record that another host has made.

    Attributes:
        name: The run's name in ``dvc exp show``.
        commit: Its commit, which the repository has now; empty if it was refused.
        refusal: Why, if so.
    """

    name: str
    commit: str
    refusal: str = ""


def share_record(root: Path, record: Record, note: RunNote) -> bool:
    """Put a record and the note of its run into the project's DVC remote.

    Args:
        root: The project's root.
        record: The record.
        note: The note.

    Returns:
        Whether it is there. It is not if there is no remote, or one that cannot be listed, such as HTTP.

    Raises:
        RemoteError: The remote cannot be reached, or refuses it.
    """
    content = _serialize(record, note)
    with open_remote_folder(root, _folder(root)) as folder:
        return folder is not None and folder.write(f"{record.experiment}/{record.commit}.json", content)


def copy_record(root: Path, commit: str, *, remote: str) -> bool:
    """Copy a record from the project's default remote to another one, for the clones that use that one.

    Args:
        root: The project's root.
        commit: The commit of the record, in full.
        remote: The name of the other remote.

    Returns:
        Whether it is there. It is not if the default remote has no such record, or a remote cannot be listed.

    Raises:
        RemoteError: A remote cannot be reached, or refuses it.
        ProjectError: The record is not valid.
    """
    with open_remote_folder(root, _folder(root)) as folder:
        if folder is None:
            return False
        names = [name for name, commits in _list(folder).items() if commit in commits]
        found = [(f"{name}/{commit}.json", *_read(folder, name, commit)) for name in names]
    with open_remote_folder(root, _folder(root), remote=remote) as other:
        return (
            bool(found)
            and other is not None
            and all(other.write(file, _serialize(record, note)) for file, record, note in found)
        )


def fetch_record(root: Path, run: str) -> str | None:
    """Fetch the record of a run from the project's DVC remote.

    Args:
        root: The project's root.
        run: The run's name in ``dvc exp show``, or the first seven or more digits of its commit.

    Returns:
        The commit; None if the remote has no such record. Afterwards the repository has it.

    Raises:
        RemoteError: The remote cannot be reached.
        ProjectError: The record is not valid, or its revision is no commit of the project.
        StageError: It holds a file that no run may add to its revision, or the remote lacks a file.
    """
    with open_remote_folder(root, _folder(root)) as folder:
        shared = _list(folder) if folder else {}
        names = {name: commits for name, commits in shared.items() if name == run}
        if not names and _COMMIT.fullmatch(run):
            found = {
                name: [each for each in commits if each.startswith(run)] for name, commits in shared.items()
            }
            names = {name: commits for name, commits in found.items() if commits}
        if folder is None or not names:
            return None
        name, commits = next(iter(names.items()))
        record, note = _newest(folder, name, commits)
    return _restore(root, record, note)


def fetch_records(root: Path) -> Iterator[FetchedRecord]:
    """Fetch the record of each run that the repository lacks; of a run with several, the newest one.

    Args:
        root: The project's root.

    Raises:
        RemoteError: The remote cannot be reached.
    """
    with open_remote_folder(root, _folder(root)) as folder:
        if folder is None:
            return
        known = list_runs(root)
        for name, commits in _list(folder).items():
            if [known.get(name)] == commits:
                continue
            try:
                record, note = _newest(folder, name, commits)
                if record.commit != known.get(name):
                    yield FetchedRecord(name, _restore(root, record, note))
            except TrimtabError as err:  # one that nobody can use must not hide the others
                yield FetchedRecord(name, "", refusal=str(err))


def _serialize(record: Record, note: RunNote) -> bytes:
    values = {"schema": SCHEMA, "record": record.to_dict(), "note": note.to_dict()}
    return json.dumps(values, sort_keys=True).encode()


def _folder(root: Path) -> str:
    """Return the folder of a project's records: the pipelines of a repository may share a remote."""
    return f"{FOLDER}/{git(root, 'rev-parse', '--show-prefix')}".rstrip("/")


def _list(folder: RemoteFolder) -> dict[str, list[str]]:
    """Map the names of the runs to the commits of their records. A file of another name is left out."""
    found: dict[str, list[str]] = {}
    for file in folder.list():
        if match := _FILE.fullmatch(file):
            found.setdefault(match[1], []).append(match[2])
    return found


def _newest(folder: RemoteFolder, name: str, commits: list[str]) -> tuple[Record, RunNote]:
    """Return the record of a run that was recorded last: a run that was cleared is recorded again."""
    return max((_read(folder, name, commit) for commit in commits), key=lambda found: found[1].recorded)


def _read(folder: RemoteFolder, name: str, commit: str) -> tuple[Record, RunNote]:
    file = f"{name}/{commit}.json"
    content = folder.read(file, most=MAX_BYTES)
    where = f"{folder.where}/{file}"
    try:
        values = json.loads(content)
    except ValueError as err:
        raise _invalid(content.decode(errors="replace"), where) from err
    if not isinstance(values, Mapping) or values.get("schema") != SCHEMA:
        raise _invalid(values, where)
    record = Record.from_dict(values.get("record"), where=where)
    if (record.experiment, record.commit) != (name, commit):
        raise _invalid(f"{record.experiment}/{record.commit}", where)
    return record, RunNote.from_dict(values.get("note"), where=where)


def _restore(root: Path, record: Record, note: RunNote) -> str:
    ensure_record(root, record)
    write_run_note(root, record.experiment, note)
    return record.commit


def _invalid(value: object, where: str) -> ProjectError:
    return ProjectError(
        f"The file is no record of a run: {abbreviate(value)}",
        where=where,
        fix="remove it there, and clear the task that records the run",
    )
