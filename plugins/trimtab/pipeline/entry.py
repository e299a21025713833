"""Lock entries: what a stage's run is, in a few hundred bytes, and how its files come back.

An entry is a stage's part of ``dvc.lock``: command, hashes of dependencies and outputs, params. It is all
that travels between tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from trimtab.errors import StageError

Entry = dict[str, Any]


def entry_of(stage: Any) -> Entry:
    """Return a saved DVC stage's entry, as plain values.

    Args:
        stage: A ``dvc.stage.PipelineStage`` whose dependencies and outputs have been hashed.
    """
    from dvc.stage.serialize import to_single_stage_lockfile

    return plain_entry(to_single_stage_lockfile(stage))


def plain_entry(entry: Any) -> Entry:
    """Return an entry as plain dicts and lists, as JSON would give it back."""
    plain: Entry = json.loads(json.dumps(entry))
    return plain


def as_cached_stage(repo: Any, entry: Entry, wdir: str) -> Any:
    """Return a DVC stage with the entry's outputs, all of them cached ones.

    DVC's run cache uses the same device to keep outputs that ``dvc.yaml`` marks ``cache: false``: their
    content goes into the cache all the same, so that it can travel.
    """
    return repo.stage_cache._create_stage(entry, wdir=wdir)


def is_available(repo: Any, entry: Entry, wdir: str) -> bool:
    """Whether every output of the entry can be brought from the cache."""
    return bool(as_cached_stage(repo, entry, wdir).outs_cached())


def store(repo: Any, entry: Entry, wdir: str) -> None:
    """Put the outputs of a stage that has just run into the cache, ``cache: false`` ones too."""
    with repo.stage_cache._cache_type_copy():
        for out in as_cached_stage(repo, entry, wdir).outs:
            out.commit()


def bring(repo: Any, entry: Entry, wdir: str, *, needed: Iterable[Any] | None = None, where: str) -> None:
    """Check outputs of an entry out of the cache.

    Args:
        repo: The sandbox.
        entry: The lock entry whose outputs are wanted.
        wdir: The working directory of the entry's stage.
        needed: DVC dependencies; only outputs that overlap with one are brought. All, if not given.
        where: For messages.

    Raises:
        StageError: An output is not in the cache.
    """
    wanted = None if needed is None else [dep.fs_path for dep in needed if dep.protocol == "local"]
    with repo.stage_cache._cache_type_copy():
        for out in as_cached_stage(repo, entry, wdir).outs:
            if wanted is not None and not any(_overlap(repo.fs, out.fs_path, path) for path in wanted):
                continue
            if out.changed_cache():
                raise StageError(
                    f"'{out.def_path}' ({out.hash_info.value}) is not in DVC's cache",
                    where=where,
                    fix="`dvc pull` it, or run the stage that makes it again",
                )
            out.checkout(force=True)


def _overlap(fs: Any, one: str, other: str) -> bool:
    return bool(fs.isin_or_eq(one, other) or fs.isin(other, one))
