"""The installed Python packages, pinned as pip does, and how they differ from an earlier environment."""

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

    A package that was installed from a folder or a URL is listed with its version, without the address.
    """
    found: dict[str, str] = {}
    for distribution in distributions():  # the first one of a name is the one that Python imports
        if not distribution.name:  # an interrupted installation left it
            continue
        name = re.sub(r"[-_.]+", "-", distribution.name).lower()
        found.setdefault(name, f"{name}=={distribution.version}")
    lines = [f"# Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    return "\n".join([*lines, *(found[name] for name in sorted(found))]) + "\n"


def environment_changes(lock: str) -> Iterator[str]:
    """Yield a sentence for each package that differs between an earlier environment and this one.

    Args:
        lock: What :func:`environment_lock` returned in the earlier environment.
    """
    was, now = (_packages(text.splitlines()) for text in (lock, environment_lock()))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name} was {was.get(name, 'not installed')}, is {now.get(name, 'not installed')}"


def _packages(lines: Iterable[str]) -> dict[str, str]:
    """Map each package to its version; the comment at the top counts as the package ``Python``."""
    found = {}
    for line in lines:
        name, pinned, version = line.removeprefix("# ").partition("==")
        found[name if pinned else name.partition(" ")[0]] = version if pinned else name.partition(" ")[2]
    return found
