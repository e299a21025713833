"""The rule 3-2-1-1-0: three copies, two media, one off-site, one immutable, no error in the drill."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.readiness import drill_problems

COPIES, MEDIA = 3, 2  # that the rule asks for


@dataclass(frozen=True)
class Copy:
    """A copy of a part.

    Attributes:
        place: Where it is, without credentials.
        medium: ``disk``, ``s3`` and so on.
        off_site: Whether it is on another host.
        locked_until: Until when nobody can delete or alter it: ISO 8601, UTC; empty if it is not locked.
    """

    place: str
    medium: str
    off_site: bool
    locked_until: str = ""


@dataclass(frozen=True)
class Part:
    """A part of what a recovery needs.

    Attributes:
        name: What it is.
        copies: Its copies, the one in use first.
    """

    name: str
    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class CopyRule:
    """One digit of 3-2-1-1-0.

    Attributes:
        name: What it asks for.
        holds: Whether it holds for each part.
        sentence: By what, or for which part it does not.
    """

    name: str
    holds: bool
    sentence: str


def apply_rules(
    parts: Sequence[Part], drills: Sequence[Drill], policy: RecoveryPolicy, now: datetime
) -> Iterator[CopyRule]:
    """Yield each rule, and whether it holds for every part.

    Args:
        parts: What a recovery needs, with its copies.
        drills: The recovery drills, the newest first.
        policy: The recovery policy.
        now: The time.
    """
    few = [f"{part.name}: {len(part.copies)}" for part in parts if len(part.copies) < COPIES]
    said = f"fewer of {'; '.join(few)}" if few else "each part has three or more"
    yield CopyRule(f"{COPIES} copies", not few, said)
    yield _each_part(
        f"{MEDIA} media",
        parts,
        lambda copies: len({copy.medium for copy in copies}) >= MEDIA,
        "each part is on two kinds of storage",
        "one kind of storage only",
    )
    yield _each_part(
        "1 off-site",
        parts,
        lambda copies: any(copy.off_site for copy in copies),
        "each part has a copy on another host",
        "no copy on another host",
    )
    dates = [copy.locked_until[:10] for part in parts for copy in part.copies if copy.locked_until]
    yield _each_part(
        "1 immutable",
        parts,
        lambda copies: any(copy.locked_until for copy in copies),
        f"object lock until {max(dates, default='')}",
        "no locked copy",
    )
    problems = list(drill_problems(drills, policy, now))
    said = "; ".join(problems) if problems else f"{drills[0].sentence}, on {drills[0].started[:10]}"
    yield CopyRule("0 errors", not problems, said)


def _each_part(
    name: str,
    parts: Sequence[Part],
    holds: Callable[[Sequence[Copy]], bool],
    if_so: str,
    if_not: str,
) -> CopyRule:
    lacking = [part.name for part in parts if not holds(part.copies)]
    return CopyRule(name, not lacking, f"{if_not}: {'; '.join(lacking)}" if lacking else if_so)
