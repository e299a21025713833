"""One thing that the retention policy no longer keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Removal:
    """One thing that the retention policy no longer keeps.

    Attributes:
        what: Its name, for people.
        size: Its size in bytes.
        why: Why it is not kept.
        remove: Removes it, unless it is needed by now.
    """

    what: str
    size: int
    why: str
    remove: Callable[[], None]
