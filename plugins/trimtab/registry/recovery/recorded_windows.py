"""Whether the data of a window came of a content, by the locks of recorded runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from trimtab.errors import TrimtabError
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import LOCK_FILE, is_folder
from trimtab.pipeline.record import experiment_name, list_runs
from trimtab.registry.isolation import FolderListings, downstream, locked_stages, tainted_stages
from trimtab.registry.tracking import temporary_folder

MOST_NAMED = 5  # runs in a sentence


class RecordedWindows:
    """The windows of the recorded runs of a project.

    Args:
        root: The project's root.
        hash_: The content.
        listings: The files of folders.
    """

    def __init__(self, root: Path, hash_: str, listings: FolderListings) -> None:
        self._root, self._hash, self._listings = root, hash_, listings
        self._commits: dict[str, str] | None = None
        self._outputs: dict[str, list[tuple[str, str]]] = {}  # by commit
        self._unreadable: dict[str, str] = {}  # run to the reason
        self._unrecorded: dict[str, None] = {}  # runs without a record here, in order

    @property
    def unknown(self) -> Iterator[str]:
        """A sentence for each doubt about the runs that were asked for."""
        yield from (f"run {run}: {reason}" for run, reason in self._unreadable.items())
        if self._unrecorded:
            named = ", ".join(list(self._unrecorded)[:MOST_NAMED])
            yield (
                f"the data of the windows of {len(self._unrecorded)} run(s), whose records are not in this "
                f"clone (`trimtab fetch` fetches those of other hosts): {named}"
            )

    def window_because(self, by: str, window: str) -> str:
        """Return why the data of a window came of the content; empty if it did not, or is not known."""
        if self._commits is None:
            self._commits = list_runs(self._root) if (self._root / ".dvc").is_dir() else {}
        commit = self._commits.get(experiment_name(by), "")
        if not commit:
            self._unrecorded[by] = None
            return ""
        if commit not in self._outputs:
            try:
                self._outputs[commit] = list(self._tainted_outputs(commit))
            except (TrimtabError, OSError) as err:
                self._outputs[commit] = []
                self._unreadable[by] = err.what if isinstance(err, TrimtabError) else str(err)
        for file, origin in self._outputs[commit]:
            if PurePosixPath(file).stem == window:
                return f"its data, {origin}"
        return ""

    def _tainted_outputs(self, commit: str) -> Iterator[tuple[str, str]]:
        """Yield each file that a stage of a record wrote and that came of the content, and where it is."""
        with temporary_folder() as folder:
            stages = locked_stages(self._write_locks(commit, folder))
        hits = tainted_stages(
            stages, {self._hash}, lambda path, content: self._listings.files(path, content, [commit]).values()
        )
        names = downstream(stages, {stage.name for stage, _, _ in hits})
        for stage in stages:
            for path, content in stage.outs.items() if stage.name in names else ():
                for file in self._listings.files(path, content, [commit]) if is_folder(content) else (path,):
                    yield file, f"{path} of stage '{stage.name}'"

    def _write_locks(self, commit: str, folder: Path) -> dict[str, Path]:
        """Write the lock files of a commit into a folder; return them by their path in the project."""
        prefix = git(self._root, "rev-parse", "--show-prefix")
        listed = git(self._root, "ls-tree", "-r", "--name-only", "--full-tree", commit, "--", prefix or ".")
        locks = {}
        for number, name in enumerate(listed.splitlines()):
            if PurePosixPath(name).name == LOCK_FILE:
                path = name.removeprefix(prefix)
                locks[path] = folder / str(number)
                text = git(self._root, "show", f"{commit}:{name}", strip=False)
                locks[path].write_text(text, encoding="utf-8")
        return locks
