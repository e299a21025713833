"""DVC's run cache: for each command, dependencies and params seen so far, what came of them."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError
from trimtab.pipeline.cache.remote import PART, Remote
from trimtab.pipeline.dvc_compat import read_run_cache_entry, run_cache_folder, run_cache_hash
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import ContentError, Entry, checked, entry_text, is_external, path_in_entry
from trimtab.yaml_limits import refuse_bomb

if TYPE_CHECKING:
    from dvc.repo import Repo

ABANDONED = 60  # seconds after which nobody is still writing one


class RunCache:
    """The run cache of one DVC repository.

    Args:
        repo: An open ``dvc.repo.Repo``.
        remote: Where results are looked for that this machine does not know, and sent to; nowhere, if not
            given.
    """

    def __init__(self, repo: Repo, *, remote: Remote | None = None) -> None:
        self._folder, self._remote = run_cache_folder(repo), remote
        self._cleared = False

    def find(self, stage: Stage, inputs: Entry) -> Entry | None:
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
            found = [outs.get(name) for name in names]
            if all(found):
                return {**inputs, "outs": found}
            return None  # like DVC, the newest or none
        return None

    def takes(self, stage: Stage, inputs: Entry) -> bool:
        """Whether DVC would remember what comes of a stage; all its outputs are in the cache then."""
        of_git = any(not out.cache and out.kind == "out" for out in stage.outs)
        return is_repeatable(stage, inputs) and not of_git

    def keep(self, stage: Stage, entry: Entry) -> None:
        """Remember what came of a stage, if DVC would."""
        if not self.takes(stage, entry):
            return
        folder = self._folder_of(_key(stage, entry))
        path = folder / run_cache_hash(entry)
        if path.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._remove_parts()
        # Not below the run cache: if this process is killed, `dvc push --run-cache` must not send it.
        with tempfile.NamedTemporaryFile(
            "w", dir=self._folder.parent, prefix=PART, delete=False, encoding="utf-8"
        ) as file:
            file.write(entry_text(entry))
        written = Path(file.name)
        written.chmod(0o644)
        written.replace(path)

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

    def push(self, stage: Stage, entry: Entry) -> None:
        """Send what is remembered of a stage to the remote, as ``dvc push --run-cache`` does.

        Raises:
            RemoteError: The remote cannot be reached or refuses.
        """
        if not self._remote or not is_repeatable(stage, entry):
            return
        key = _key(stage, entry)
        path = self._folder_of(key) / run_cache_hash(entry)
        if path.exists():
            self._remote.send_run(key, path)

    def _results(self, key: str) -> list[Path]:
        with contextlib.suppress(FileNotFoundError):
            return list(self._folder_of(key).iterdir())
        return []

    def _folder_of(self, key: str) -> Path:
        return self._folder / key[:2] / key


def is_repeatable(stage: Stage, entry: Entry) -> bool:
    """Whether DVC takes the inputs for all that decides on the result."""
    return bool(
        not (stage.is_callback or stage.always_changed)
        and (stage.deps or stage.params)
        and stage.outs
        and all(entry.get("params", {"": True}).values())
        and not any("://" in path for path in stage.deps)
        and not any(is_external(out.path) or out.persist for out in stage.outs)
    )


def _key(stage: Stage, entry: Entry) -> str:
    paths = sorted(path_in_entry(stage, out.path) for out in stage.outs)
    return run_cache_hash({**{key: entry[key] for key in entry if key != "outs"}, "outs": paths})


def _read(path: Path) -> Entry:
    try:
        refuse_bomb(path.read_bytes(), where=str(path))
        entry: Entry = read_run_cache_entry(path)
        for out in entry.get("outs", []):
            checked(out, where=str(path))
    except FileNotFoundError:  # another run has removed it
        return {}
    except (ValueError, ConfigError, ContentError):
        path.unlink(missing_ok=True)  # as DVC does: it is only a cache
        return {}
    return entry
