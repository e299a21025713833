"""Leases: hashes of cache objects that garbage collection must keep, though no commit names them yet.

A task that hands on a lock entry writes a lease on its outputs first. While it does, no garbage collection
can start, and while garbage collection runs, no lease can be written. A lease expires: it is a line in the
file of its day. See docs/decisions/0021.

Writers share one lock and garbage collection has it alone. So this is ``flock``, and not ``filelock``, whose
locks are exclusive only.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from trimtab.pipeline.lock import LockEntry

FOLDER = Path(".dvc", "tmp", "trimtab", "leases")
EXPIRY = timedelta(days=400)  # of a day's file, if nobody prunes; no run takes that long


@contextlib.contextmanager
def open_leases(home: Path) -> Iterator[Callable[[Iterable[LockEntry]], None]]:
    """Hold off garbage collection, and yield a function that writes leases on the outputs of lock entries.

    In a read-only checkout no leases are written: nobody can remove anything there.

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
def hold_removal_lock(home: Path, *, days: int) -> Iterator[set[str]]:
    """Wait until nobody writes leases, and yield the hashes that the leases of the last days name.

    Args:
        home: The project's root.
        days: The longest time that a run takes.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, fcntl.LOCK_EX):
        first = datetime.now(UTC).date() - timedelta(days=days)
        yield {
            oid
            for file in _day_files(folder)
            if _day(file) >= first
            for oid in file.read_text("ascii").split()
        }


def _write(folder: Path, entries: Iterable[LockEntry]) -> None:
    oids = [str(out["md5"]) for entry in entries for out in entry.get("outs", []) if "md5" in out]
    if not oids:
        return
    today = datetime.now(UTC).date()
    day_file = folder / today.isoformat()
    if not day_file.exists():  # once a day
        for old in _day_files(folder):
            if _day(old) < today - EXPIRY:
                old.unlink(missing_ok=True)
    with day_file.open("ab", buffering=0) as file:  # one write a line: other processes append too
        file.write(f"{' '.join(oids)}\n".encode("ascii"))


def _day_files(folder: Path) -> list[Path]:
    """Return the files that are named after a day; other files in the folder are left alone."""
    return sorted(file for file in folder.glob("????-??-??") if _is_day(file.name))


def _is_day(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(name).isoformat() == name
    return False


def _day(file: Path) -> date:
    return date.fromisoformat(file.name)


@contextlib.contextmanager
def _locked(folder: Path, mode: int) -> Iterator[None]:
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, mode)
        yield
