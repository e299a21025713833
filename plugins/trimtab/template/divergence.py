"""Divergences of a project from its template: what it changed on the template's side of the line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from trimtab.template.shared_files import LOCK
from trimtab.template.sides import TemplateSides


@dataclass(frozen=True, order=True)
class Divergence:
    """A file on the template's side of the line that a project changed.

    Attributes:
        path: The file.
        kind: ``edited`` or ``deleted``, a file of the template; ``added``, a file in a folder
            of the template.
    """

    path: str
    kind: Literal["edited", "deleted", "added"]


def find_divergences(sides: TemplateSides) -> list[Divergence]:
    """Return the divergences of a project, in order of their paths.

    A file that equals the new version's is none: such as a fix that the project took before the update.

    Args:
        sides: The template's side of the line.
    """
    return sorted(_find(sides))


def _find(sides: TemplateSides) -> Iterator[Divergence]:
    for path in {*sides.base, *sides.ours} - {LOCK}:  # the project's packages are in it
        own = sides.ours.get(path)
        if own in (sides.base.get(path), sides.theirs.get(path)):
            continue
        if own is None:
            yield Divergence(path, "deleted")
        else:
            yield Divergence(path, "edited" if path in sides.base else "added")
