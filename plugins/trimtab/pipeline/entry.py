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


def load_stages(repo: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return DVC's stages by their addresses: ``train``, ``features@a`` or ``sub/dvc.yaml:train``.

    Each ``dvc.yaml`` and ``dvc.lock`` is read once.
    """
    from dvc.dvcfile import load_file

    files: dict[str, Any] = {}
    stages = {}
    for name in names:
        path, _, short = name.rpartition(":")
        if path not in files:
            files[path] = load_file(repo, repo.fs.abspath(path or "dvc.yaml"))
        stages[name] = files[path].stages[short]
        stages[name].dvcfile = files[path]
    return stages


def entry_of(stage: Any) -> Entry:
    """Return a saved DVC stage's entry, as plain values.

    Args:
        stage: A ``dvc.stage.PipelineStage`` whose dependencies and outputs have been hashed.
    """
    from dvc.stage.serialize import to_single_stage_lockfile

    return plain_entry(to_single_stage_lockfile(stage))


def locked_entry(stage: Any) -> Entry:
    """Return what the revision's ``dvc.lock`` says of a stage; empty if it says nothing."""
    return plain_entry(stage.dvcfile.lockfile_contents.get("stages", {}).get(stage.name) or {})


def plain_entry(entry: Any) -> Entry:
    """Return an entry as JSON gives it back: plain dicts and lists, every key a string."""
    plain: Entry = json.loads(json.dumps(entry))
    return plain


def is_params(dep: Any) -> bool:
    """Whether a DVC dependency is on params, which an entry holds by value."""
    from dvc.dependency import ParamsDependency

    return isinstance(dep, ParamsDependency)


def is_available(stage: Any, entry: Entry) -> bool:
    """Whether every output of a stage's entry can be brought from the cache."""
    return bool(_cached(stage, entry).outs_cached())


def store(stage: Any, entry: Entry) -> None:
    """Put the outputs of a stage that has just run into the cache, ``cache: false`` ones too."""
    with stage.repo.stage_cache._cache_type_copy():
        for out in _cached(stage, entry).outs:
            out.commit()


def bring(stage: Any, entry: Entry, *, needed: Iterable[Any] | None = None, where: str) -> None:
    """Check outputs of an entry out of the cache.

    Args:
        stage: The entry's stage, in the sandbox.
        entry: The lock entry whose outputs are wanted.
        needed: DVC dependencies or outputs; only what overlaps with one is brought. All, if not given.
        where: For messages.

    Raises:
        StageError: An output is not in the cache.
    """
    fs = stage.repo.fs
    wanted = None if needed is None else [item.fs_path for item in needed if item.protocol == "local"]
    with stage.repo.stage_cache._cache_type_copy():
        for out in _cached(stage, entry).outs if wanted != [] else ():
            if wanted is not None and not any(_overlap(fs, out.fs_path, path) for path in wanted):
                continue
            if out.changed_cache():
                raise StageError(
                    f"'{out.def_path}' ({out.hash_info.value}) is not in DVC's cache",
                    where=where,
                    fix="`dvc pull` it, or run the stage that makes it again",
                )
            out.checkout(force=True)


def _cached(stage: Any, entry: Entry) -> Any:
    """Return a DVC stage with the entry's outputs, all of them cached ones.

    DVC's run cache uses the same device to keep outputs that ``dvc.yaml`` marks ``cache: false``: their
    content goes into the cache all the same, so that it can travel.
    """
    return stage.repo.stage_cache._create_stage({"outs": [], **entry}, wdir=stage.wdir)


def _overlap(fs: Any, one: str, other: str) -> bool:
    return bool(fs.isin_or_eq(one, other) or fs.isin(other, one))
