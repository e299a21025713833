"""What is installed, as pip writes it down."""

from __future__ import annotations

import platform
import re
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
