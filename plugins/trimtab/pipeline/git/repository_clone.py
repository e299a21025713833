"""A clone of the project's repository that holds the files git would check out there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from trimtab.pipeline.git.revision import git

# What decides on the files of a checkout. A clone does not bring what `.git/config` says, and a file that is
# included for some folders only (`includeIf`) is not for a sandbox.
SETTINGS = r"^(filter\..*|core\.(autocrlf|eol|safecrlf|attributesfile|symlinks|checkroundtripencoding))$"


def clone(root: Path, sha: str, folder: Path) -> Path:
    """Check out a commit in a clone that shares its objects with the project's repository.

    Files are what they would be in the project's own checkout: its filters, line ends and attributes count.

    Args:
        root: The project's root.
        sha: The commit, which a branch need not lead to.
        folder: Where; there must be nothing yet.

    Returns:
        The project's root there.

    Raises:
        ProjectError: git refuses, or one of its filters fails.
    """
    asked = ("--show-toplevel", "--is-shallow-repository", "--git-path", "objects")
    told = git(root, "rev-parse", *asked, "--git-path", "info/attributes", "--show-prefix").split("\n")
    top, shallow, objects, attributes, prefix = (*told, "")[:5]  # no prefix, no line
    git(root, "clone", "--quiet", "--shared", "--no-checkout", top, str(folder))
    own = folder / ".git"
    with (own / "config").open("a", encoding="utf-8") as config:
        config.writelines(_settings(root))
    if shallow == "true":  # nothing is shared then, and only what a branch leads to is copied
        (own / "objects" / "info" / "alternates").write_text(
            f"{(root / objects).resolve()}\n", encoding="utf-8"
        )
    if (root / attributes).is_file():
        (own / "info").mkdir(exist_ok=True)
        shutil.copyfile(root / attributes, own / "info" / "attributes")
    git(folder, "checkout", "--quiet", "--detach", sha)
    return folder / prefix


def _settings(root: Path) -> Iterator[str]:
    """Yield what the clone's config needs of the project's, whatever file that is in, as git writes it."""
    told = git(root, "config", "--null", "--get-regexp", SETTINGS, strip=False, accept=(0, 1))
    required = set()
    for setting in filter(None, told.split("\0")):
        key, newline, value = setting.partition("\n")
        yield _written(key, value if newline else "true")
        name, _, kind = key.rpartition(".")
        if kind in ("smudge", "process") and value:
            required.add(name)
    for name in sorted(required):  # git would go on without a filter that fails, with other files
        yield _written(f"{name}.required", "true")


def _written(key: str, value: str) -> str:
    section, _, rest = key.partition(".")
    subsection, _, name = rest.rpartition(".")
    head = f"[{section} {_quoted(subsection)}]" if subsection else f"[{section}]"
    return f"{head}\n\t{name} = {_quoted(value)}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
