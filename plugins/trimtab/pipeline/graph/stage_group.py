"""Stages that belong together: those of a folder, or the items of one stage."""

from __future__ import annotations


def group_of(stage: str) -> str:
    """Return the group of a stage in DVC's addressing; empty for one that is alone.

    ``features@a`` belongs to ``features``, and ``sub/dvc.yaml:train`` to ``sub``.
    """
    path, colon, name = stage.rpartition(":")
    if colon:
        folder = path.rpartition("/")[0]
        return folder if "@" not in name else f"{folder}: {name.partition('@')[0]}"
    return stage.partition("@")[0] if "@" in stage else ""
