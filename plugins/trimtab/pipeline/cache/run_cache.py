"""DVC's run cache: lock entries by command, dependencies and params, from which results are restored."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from trimtab.atomic_write import temporary_path, write_text_atomically
from trimtab.errors import ConfigError
from trimtab.pipeline.cache.remote import PART_PREFIX, Remote
from trimtab.pipeline.dvc_compat import read_run_cache_entry, run_cache_folder, run_cache_hash
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import (
    ContentError,
    LockEntry,
    entry_text,
    is_external,
    path_in_entry,
    validate_content,
)
from trimtab.yaml_limits import refuse_bomb

if TYPE_CHECKING:
    from dvc.repo import Repo

ABANDONED_SECONDS = 60  # after which no process still writes a temporary file


class RunCache:
    """The run cache of one DVC repository.

    Args:
        repo: An open repository.
        remote: The remote whose run cache entries are fetched from and pushed to, if any.
    """

    def __init__(self, repo: Repo, *, remote: Remote | None = None) -> None:
        self._folder, self._remote = run_cache_folder(repo), remote
        self._cleared = False

    def find(self, stage: Stage, inputs: LockEntry) -> LockEntry | None:
        """Return the newest lock entry of a stage with these inputs, if the run cache has one.

        Args:
            stage: The stage.
            inputs: Its command, dependencies and params, as a lock entry has them.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        if not is_repeatable(stage, inputs):
            return None
        key = _key(stage, inputs)
        entries = self._entries(key)
        if not entries and self._remote:
            self._remote.fetch_run_cache(key, self._folder_of(key))
            entries = self._entries(key)
        for path in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True):
            outs = {out["path"]: out for out in _read(path).get("outs", [])}
            names = sorted(path_in_entry(stage, out.path) for out in stage.outs)  # as dvc.lock has them
            found = [outs[name] for name in names if outs.get(name)]
            if len(found) == len(names):
                return {**inputs, "outs": found}
            return None  # as DVC: an older entry is not tried
        return None

    def accepts(self, stage: Stage, inputs: LockEntry) -> bool:
        """Whether DVC would save the result: the stage is repeatable, and git keeps none of its outputs."""
        in_git = any(not out.cache and out.kind == "out" for out in stage.outs)
        return is_repeatable(stage, inputs) and not in_git

    def save(self, stage: Stage, entry: LockEntry) -> None:
        """Save the lock entry of a stage, if DVC would."""
        if not self.accepts(stage, entry):
            return
        folder = self._folder_of(_key(stage, entry))
        path = folder / run_cache_hash(entry)
        if path.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._remove_temporary_files()
        # Outside of the run cache: if this process is killed, `dvc push --run-cache` must not push the file.
        temporary = temporary_path(self._folder.parent, prefix=PART_PREFIX)
        write_text_atomically(path, entry_text(entry), mode=0o644, temporary=temporary)

    def _remove_temporary_files(self) -> None:
        """Remove temporary files of killed processes, once in the life of this process."""
        if self._cleared:
            return
        self._cleared = True
        for folder, pattern in ((self._folder, "tmp*"), (self._folder.parent, f"{PART_PREFIX}*")):
            for file in folder.glob(pattern):
                with contextlib.suppress(FileNotFoundError):  # another process has removed it
                    if file.is_file() and file.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                        file.unlink()

    def push(self, stage: Stage, entry: LockEntry) -> None:
        """Push the saved lock entry of a stage to the remote, as ``dvc push --run-cache`` does.

        Raises:
            RemoteError: The remote cannot be reached, or refuses the entry.
        """
        if not self._remote or not is_repeatable(stage, entry):
            return
        key = _key(stage, entry)
        path = self._folder_of(key) / run_cache_hash(entry)
        if path.exists():
            self._remote.push_run_cache(key, path)

    def _entries(self, key: str) -> list[Path]:
        with contextlib.suppress(FileNotFoundError):
            return list(self._folder_of(key).iterdir())
        return []

    def _folder_of(self, key: str) -> Path:
        return self._folder / key[:2] / key


def is_repeatable(stage: Stage, entry: LockEntry) -> bool:
    """Whether a stage gives the same result for the same inputs, by DVC's rules."""
    return bool(
        not (stage.is_callback or stage.always_changed)
        and (stage.deps or stage.params)
        and stage.outs
        and all(entry.get("params", {"": True}).values())
        and not any("://" in path for path in stage.deps)
        and not any(is_external(out.path) or out.persist for out in stage.outs)
    )


def _key(stage: Stage, entry: LockEntry) -> str:
    paths = sorted(path_in_entry(stage, out.path) for out in stage.outs)
    return run_cache_hash({**entry, "outs": paths})


def _read(path: Path) -> LockEntry:
    try:
        refuse_bomb(path.read_bytes(), where=str(path))
        entry = cast(LockEntry, read_run_cache_entry(path))
        for out in entry.get("outs", []):
            validate_content(out, where=str(path))
    except FileNotFoundError:  # another run has removed it
        return {}
    except (ValueError, ConfigError, ContentError):
        path.unlink(missing_ok=True)  # as DVC does
        return {}
    return entry
