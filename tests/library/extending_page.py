"""The page docs/extending.md: its code, as it stands there, in a project of a test."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"


def blocks(section: str) -> list[str]:
    """Return the code blocks of a section of the page, in order."""
    text = PAGE.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^```\w+\n(.*?)^```$", text, re.M | re.S)
    assert found, f"the page has no section '{section}' with code"
    return found


@contextmanager
def extension_of(section: str, root: Path) -> Iterator[list[str]]:
    """Write the first block of a section to the file that its comment names; yield the other blocks."""
    code, *others = blocks(section)
    file = root / code.partition("\n")[0].removeprefix("# ")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code)
    before = set(sys.modules), sys.path[:]
    try:
        yield others
    finally:
        sys.path[:] = before[1]
        for name in set(sys.modules) - before[0]:
            if name.partition(".")[0] == file.parent.name:
                del sys.modules[name]
