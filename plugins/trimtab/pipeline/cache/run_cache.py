"""DVC's run cache: for each command, dependencies and params seen so far, what came of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trimtab.atomic_write import temporary_path, write_text_atomically
from trimtab.errors import ConfigError
from trimtab.pipeline.cache.remote import PART, Remote
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

ABANDONED = 60  # seconds after which nobody is still writing one


class RunCache:
    """The run cache of one DVC repository.

    Args:
        repo: An open ``dvc.repo.Repo``.
        remote: Where results are looked for that this machine does not know, and sent to; nowhere, if not
            given.
    """

    def __init__(self, repo: Any, *, remote: Remote | None = None) -> None:
        self._folder, self._remote = Path(repo.stage_cache.cache_dir), remote
        self._cleared = False

    def find(self, stage: Stage, inputs: LockEntry) -> LockEntry | None:
        """Return the newest entry of a stage with these inputs, as far as one is known.

        Args:
            stage: The stage.
            inputs: Its command, dependencies and params, in an entry's form.

        Raises:
            RemoteError: The remote cannot be reached.
        """
        if not is_repeatable(stage, inputs):
            return None
        key = _key(stage, inputs)
        results = self._results(key)
        if not results and self._remote:
            self._remote.fetch_runs(key, self._folder_of(key))
            results = self._results(key)
        for path in sorted(results, key=lambda path: path.stat().st_mtime, reverse=True):
            outs = {out["path"]: out for out in _read(path).get("outs", [])}
            names = sorted(path_in_entry(stage, out.path) for out in stage.outs)  # as dvc.lock has them
            found = [outs[name] for name in names if outs.get(name)]
            if len(found) == len(names):
                return {**inputs, "outs": found}
            return None  # like DVC, the newest or none
        return None

    def takes(self, stage: Stage, inputs: LockEntry) -> bool:
        """Whether DVC would remember what comes of a stage; all its outputs are in the cache then."""
        of_git = any(not out.cache and out.kind == "out" for out in stage.outs)
        return is_repeatable(stage, inputs) and not of_git

    def keep(self, stage: Stage, entry: LockEntry) -> None:
        """Remember what came of a stage, if DVC would."""
        if not self.takes(stage, entry):
            return
        folder = self._folder_of(_key(stage, entry))
        path = folder / _hash(entry)
        if path.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._remove_parts()
        # Not below the run cache: if this process is killed, `dvc push --run-cache` must not send it.
        temporary = temporary_path(self._folder.parent, prefix=PART)
        write_text_atomically(path, entry_text(entry), mode=0o644, temporary=temporary)

    def _remove_parts(self) -> None:
        """Remove what processes that were killed have left half-written, once in this one's life."""
        if self._cleared:
            return
        self._cleared = True
        for folder, pattern in ((self._folder, "tmp*"), (self._folder.parent, f"{PART}*")):
            for left in folder.glob(pattern):
                with contextlib.suppress(FileNotFoundError):  # another process was faster
                    if left.is_file() and left.stat().st_mtime < time.time() - ABANDONED:
                        left.unlink()

    def push(self, stage: Stage, entry: LockEntry) -> None:
        """Send what is remembered of a stage to the remote, as ``dvc push --run-cache`` does.

        Raises:
            RemoteError: The remote cannot be reached or refuses.
        """
        if not self._remote or not is_repeatable(stage, entry):
            return
        key = _key(stage, entry)
        path = self._folder_of(key) / _hash(entry)
        if path.exists():
            self._remote.send_run(key, path)

    def _results(self, key: str) -> list[Path]:
        with contextlib.suppress(FileNotFoundError):
            return list(self._folder_of(key).iterdir())
        return []

    def _folder_of(self, key: str) -> Path:
        return self._folder / key[:2] / key


def is_repeatable(stage: Stage, entry: LockEntry) -> bool:
    """Whether DVC takes the inputs for all that decides on the result."""
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
    return _hash({**entry, "outs": paths})


def _hash(entry: Mapping[str, object]) -> str:
    from dvc.utils import dict_sha256

    return str(dict_sha256(entry, exclude=["size", "nfiles"]))


def _read(path: Path) -> LockEntry:
    from dvc.schema import COMPILED_LOCK_FILE_STAGE_SCHEMA
    from dvc.utils.serialize import YAMLFileCorruptedError, load_yaml
    from voluptuous import Invalid

    try:
        refuse_bomb(path.read_bytes(), where=str(path))
        entry: LockEntry = COMPILED_LOCK_FILE_STAGE_SCHEMA(load_yaml(str(path)))
        for out in entry.get("outs", []):
            validate_content(out, where=str(path))
    except FileNotFoundError:  # another run has removed it
        return {}
    except (YAMLFileCorruptedError, ConfigError, ContentError, Invalid):
        path.unlink(missing_ok=True)  # as DVC does: it is only a cache
        return {}
    return entry
