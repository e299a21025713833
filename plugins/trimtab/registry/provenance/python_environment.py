"""What is installed, as pip writes it down, and how that differs from what once was."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distributions

ENVIRONMENT = "environment.txt"  # among the files of a run


@cache
def environment_lock() -> str:
    """Return every package of this process's environment, pinned, one a line: for ``pip install -r``.

    Of a package that was installed from a folder or a URL, its version is named and not its place.
    """
    found: dict[str, str] = {}
    for distribution in distributions():  # the first of a name is the one that is imported
        if not distribution.name:  # what an interrupted installation left
            continue
        name = re.sub(r"[-_.]+", "-", distribution.name).lower()
        found.setdefault(name, f"{name}=={distribution.version}")
    lines = [f"# Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    return "\n".join([*lines, *(found[name] for name in sorted(found))]) + "\n"


def changes_since(lock: str) -> Iterator[str]:
    """Say how what is installed differs from what was.

    Args:
        lock: What :func:`environment_lock` returned then.
    """
    was, now = (_packages(text.splitlines()) for text in (lock, environment_lock()))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name} was {was.get(name, 'not installed')}, is {now.get(name, 'not installed')}"


def _packages(lines: Iterable[str]) -> dict[str, str]:
    """Map packages to versions; the comment at the top says which Python, on which machine."""
    found = {}
    for line in lines:
        name, pinned, version = line.removeprefix("# ").partition("==")
        found[name if pinned else name.partition(" ")[0]] = version if pinned else name.partition(" ")[2]
    return found
