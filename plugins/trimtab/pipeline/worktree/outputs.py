"""Outputs of a stage that has run: check them, and store them in the cache."""

from __future__ import annotations

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import is_text_file
from trimtab.pipeline.graph import Output, Stage
from trimtab.pipeline.lock import Content, LockItem, is_external, is_legacy, path_in_entry, without_path
from trimtab.pipeline.worktree.source_data import external_content
from trimtab.pipeline.worktree.worktree import WorkTree


def store_stage_outputs(tree: WorkTree, stage: Stage, *, keep_all: bool) -> list[LockItem]:
    """Store the outputs of a stage and return them as its lock entry has them.

    Args:
        tree: The checkout in which the stage ran.
        stage: The stage.
        keep_all: Store outputs that git keeps too, so that other hosts can check them out.

    Raises:
        StageError: An output does not exist, or cannot be stored.
    """
    locked = {out["path"]: without_path(out) for out in tree.locked(stage).get("outs", [])}
    for out in stage.outs:
        _require_output(tree, stage, out)
    outputs: list[LockItem] = []
    for out in stage.outs:
        name = path_in_entry(stage, out.path)
        if is_external(out.path):
            content = external_content(tree.repo, stage, out.path, "outs_no_cache")
        else:
            content = _hash_or_store(tree, out.path, locked.get(name), store=out.cache or keep_all)
        outputs.append({"path": name, **content})
    return sorted(outputs, key=lambda out: str(out["path"]))


def _require_output(tree: WorkTree, stage: Stage, out: Output) -> None:
    """Refuse a path that cannot be an output, before anything is stored."""
    path = tree.root / out.path
    if is_external(out.path):
        return
    if not path.exists():
        wrong = "does not exist"
    elif not path.is_file() and not path.is_dir():
        wrong = "is neither a file nor a folder"
    elif out.kind == "metric" and path.is_file() and not is_text_file(path, tree.repo.fs):
        wrong = "cannot be used as metrics: it is no text"
    else:
        return
    raise StageError(
        f"The command did not write its output: '{out.path}' {wrong}",
        where=f"stage '{stage.name}'",
        fix="write it, or take it out of `outs`",
    )


def _hash_or_store(tree: WorkTree, path: str, locked: Content | None, *, store: bool) -> Content:
    # As DVC: the hash of DVC 2 is kept as long as the file has not changed.
    legacy = bool(locked and is_legacy(locked) and tree.is_in_place(path, locked))
    content_of = tree.cache.put if store else tree.cache.hash
    return content_of(tree.root / path, legacy=legacy)
