"""What runs rely on before a commit names it: the outputs that a plan found, and those a stage has just put.

Whoever hands on a lock entry takes out a lease of what it names, and holds off whoever removes objects of the
cache from the moment it looks until the lease is written. A lease runs out by itself: it is a line in the
file of its day. See docs/decisions/0021.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from trimtab.pipeline.lock import LockEntry

FOLDER = Path(".dvc", "tmp", "trimtab", "leases")
KEPT = timedelta(days=400)  # a day's file, if nobody prunes; no run takes that long


@contextlib.contextmanager
def leasing(home: Path) -> Iterator[Callable[[Iterable[LockEntry]], None]]:
    """Hold off the removal of objects, and yield what takes out a lease of what entries name.

    A checkout that is read-only keeps no leases: nobody removes anything there.

    Args:
        home: The project's root.
    """
    folder = home / FOLDER
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_locked(folder, fcntl.LOCK_SH))
        except OSError:
            yield lambda _: None
            return
        yield lambda entries: _write(folder, entries)


@contextlib.contextmanager
def removing(home: Path, *, days: int) -> Iterator[set[str]]:
    """Wait until nobody takes out leases, and yield the hashes that those of the last days name.

    Args:
        home: The project's root.
        days: How long a run may take.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, fcntl.LOCK_EX):
        first = datetime.now(UTC).date() - timedelta(days=days)
        yield {
            oid for file in _days(folder) if _day(file) >= first for oid in file.read_text("ascii").split()
        }


def _write(folder: Path, entries: Iterable[LockEntry]) -> None:
    oids = [str(out["md5"]) for entry in entries for out in entry.get("outs", []) if "md5" in out]
    if not oids:
        return
    today = datetime.now(UTC).date()
    of_today = folder / today.isoformat()
    if not of_today.exists():  # once a day
        for old in _days(folder):
            if _day(old) < today - KEPT:
                old.unlink(missing_ok=True)
    with of_today.open("ab", buffering=0) as file:  # a line at once: others write too
        file.write(f"{' '.join(oids)}\n".encode("ascii"))


def _days(folder: Path) -> list[Path]:
    """Return the files of days; whatever else lies in the folder is not ours."""
    return sorted(file for file in folder.glob("????-??-??") if _is_day(file.name))


def _is_day(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(name).isoformat() == name
    return False


def _day(file: Path) -> date:
    return date.fromisoformat(file.name)


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, how)
        yield
