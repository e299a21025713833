"""The lock file of a virtual environment: every package with its version and the hashes of its files.

``uv pip compile --generate-hashes`` and ``pip-compile --generate-hashes`` write such a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import ConfigError

LOCK_COMMAND = "uv pip compile --universal --generate-hashes --no-emit-index-url"

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^]]*\])?\s*==\s*[^\s;*]+(?:\s|;|$)")
_NAME_AND_VERSION = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?\s*==\s*([^\s;*]+)")
_HASH = re.compile(r"--hash[= ](sha(?:256|384|512):[0-9a-f]{64,128})(?=\s|$)")


def read_lock(path: Path, *, root: Path) -> bytes:
    """Return the content of a lock file of a project.

    Args:
        path: The lock file.
        root: The project's root.

    Raises:
        ConfigError: The file is missing or outside of the project; or a package has no version or no hash.
    """
    if not path.resolve().is_relative_to(root.resolve()):
        raise ConfigError(
            f"The lock file is outside of the project: {path}",
            where=str(root),
            fix="put it into the project and commit it: only a commit says what may execute",
        )
    try:
        content = path.read_bytes()
        lines = content.decode().splitlines()
    except OSError as err:
        raise ConfigError(
            f"The lock file cannot be read: {err.strerror}",
            where=str(path),
            fix=f"write it with `{LOCK_COMMAND}`, and commit it",
        ) from err
    except UnicodeDecodeError as err:
        raise ConfigError("The lock file is not UTF-8", where=str(path)) from err
    for number, requirement in _requirements(lines):
        problem = _problem(requirement)
        if problem:
            raise ConfigError(
                f"{problem}: {requirement.partition(' --hash')[0]}",
                where=f"{path}, line {number}",
                fix=f"write the file with `{LOCK_COMMAND}`",
            )
    return content


def read_hashes(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the hashes of each pinned package of a lock file, by its normalized name and its version.

    Args:
        text: The lock file. A line that pins no package is ignored.

    Returns:
        The hashes, such as ``sha256:…``.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for _, requirement in _requirements(text.splitlines()):
        if pinned := _NAME_AND_VERSION.match(requirement):
            key = re.sub(r"[-_.]+", "-", pinned[1]).lower(), pinned[2]
            found[key] = (*found.get(key, ()), *_HASH.findall(requirement))
    return found


def _requirements(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each requirement as one line, without comments, with the number of its first line."""
    parts: list[str] = []
    first = 1
    for number, line in enumerate(lines, start=1):
        if not parts:
            first = number
        text = _COMMENT.sub("", line).strip()
        parts.append(text.removesuffix("\\").strip())
        if text.endswith("\\"):
            continue
        requirement = " ".join(filter(None, parts))
        parts = []
        if requirement:
            yield first, requirement
    if any(parts):
        yield first, " ".join(filter(None, parts))


def _problem(requirement: str) -> str:
    """Return what is wrong with a requirement; empty if nothing is."""
    if requirement.startswith("-"):
        return "The lock file has an option; indexes and other files are not named in it"
    if not _PINNED.match(requirement):
        return "The package has no version in the form `name==version`"
    if not _HASH.search(requirement):
        return "The package has no hash"
    return ""
