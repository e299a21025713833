"""The Python packages of a version: those installed at registration, with the hashes of the lock files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trimtab.requirements_lock import read_hashes

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)")  # a line of `environment.txt`


@dataclass(frozen=True, order=True)
class Package:
    """A Python package.

    Attributes:
        name: Its normalized name.
        version: Its version.
        hashes: ``sha256:…`` of each file of this version that a lock file of the commit accepts; none if no
            lock file names the version.
    """

    name: str
    version: str
    hashes: tuple[str, ...] = ()


def read_packages(environment: str, locks: Iterable[str]) -> tuple[Package, ...]:
    """Return the packages of an environment, in the order of their names.

    Args:
        environment: The text of ``environment.txt``: one pinned package a line.
        locks: The texts of the lock files in the version's commit.
    """
    hashes: dict[tuple[str, str], set[str]] = {}
    for lock in locks:
        for key, found in read_hashes(lock).items():
            hashes.setdefault(key, set()).update(found)
    pinned = sorted(set(_pinned(environment)))
    return tuple(Package(*key, tuple(sorted(hashes.get(key, ())))) for key in pinned)


def _pinned(environment: str) -> Iterator[tuple[str, str]]:
    for line in environment.splitlines():
        if match := _PINNED.fullmatch(line.strip()):
            yield re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]
