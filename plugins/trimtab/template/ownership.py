"""Who owns a path of a project: the template, the fork, or upstream alone, as ``ownership.yaml`` lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

from trimtab.params_file import load_yaml

Owner = Literal["template", "fork", "upstream-only"]
LIST = Path(__file__).with_name("ownership.yaml")
EXAMPLE = "example"  # the key of the paths that hold the example


@dataclass(frozen=True)
class Ownership:
    """The list of owners.

    Attributes:
        entries: Path to owner. A path belongs to the longest entry that it equals or lies below.
        example: The paths of the fork that hold the example in the template itself.
    """

    entries: Mapping[str, Owner]
    example: tuple[str, ...]

    @property
    def examples(self) -> list[str]:
        """The names of the examples: of their folders below ``pipelines/``."""
        paths = map(PurePosixPath, self.example)
        return [path.name for path in paths if path.parent.name == "pipelines" and not path.suffix]

    def owner(self, path: str) -> Owner:
        """Return the owner of a path, relative to the top of the repository; by default the fork."""
        return self.entries.get(self.entry(path) or "", "fork")

    def entry(self, path: str) -> str | None:
        """Return the entry that decides on a path; None if there is none."""
        return _longest(path, self.entries)

    def is_removed(self, path: str) -> bool:
        """Whether a fork without the example does not have a path."""
        return self.removed_entry(path) is not None

    def removed_entry(self, path: str) -> str | None:
        """Return the entry because of which a fork does not have a path; None if it has it."""
        return self.entry(path) if self.owner(path) == "upstream-only" else _longest(path, self.example)


@cache
def read_ownership(file: Path = LIST) -> Ownership:
    """Read a list of owners, by default that of this version of the library."""
    lists = load_yaml(file)
    owners: tuple[Owner, ...] = get_args(Owner)
    return Ownership({path: owner for owner in owners for path in lists[owner]}, tuple(lists[EXAMPLE]))


def _longest(path: str, entries: Iterable[str]) -> str | None:
    known = set(entries)
    posix = PurePosixPath(path)
    return next((str(each) for each in (posix, *posix.parents) if str(each) in known), None)
