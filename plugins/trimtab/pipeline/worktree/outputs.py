"""What a stage has made: refused if it cannot be an output, else stored."""

from __future__ import annotations

from trimtab.errors import StageError
from trimtab.pipeline.dvc_compat import is_text_file
from trimtab.pipeline.graph import Output, Stage
from trimtab.pipeline.lock import Content, is_external, is_legacy, path_in_entry, without_path
from trimtab.pipeline.worktree.source_data import content_outside
from trimtab.pipeline.worktree.worktree import WorkTree


def store_outputs(tree: WorkTree, stage: Stage, *, keep_all: bool) -> list[Content]:
    """Store what a stage has just made and return its part of the entry.

    Args:
        tree: The files it has run in.
        stage: The stage.
        keep_all: Store what ``dvc.yaml`` leaves to git too, so that it can travel.

    Raises:
        StageError: An output is missing or cannot be stored.
    """
    locked = {out["path"]: without_path(out) for out in tree.locked(stage).get("outs", [])}
    for out in stage.outs:
        _require_output(tree, stage, out)
    made = []
    for out in stage.outs:
        name = path_in_entry(stage, out.path)
        if is_external(out.path):
            content = content_outside(tree.repo, stage, out.path, "outs_no_cache")
        else:
            content = _stored(tree, out.path, locked.get(name), store=out.cache or keep_all)
        made.append({"path": name, **content})
    return sorted(made, key=lambda out: str(out["path"]))


def _require_output(tree: WorkTree, stage: Stage, out: Output) -> None:
    """Refuse what cannot be an output before anything is stored."""
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


def _stored(tree: WorkTree, path: str, locked: Content | None, *, store: bool) -> Content:
    # Like DVC, which hashes anew what DVC 2 had hashed only if it has changed.
    legacy = bool(locked and is_legacy(locked) and tree.is_in_place(path, locked))
    keep = tree.store.put if store else tree.store.hash
    return keep(tree.root / path, legacy=legacy)
