"""A clone of the project's repository with the same files that git checks out in the project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from trimtab.pipeline.git_command import git

# Settings that affect the files of a checkout. A clone does not copy `.git/config`. And a config file that is
# included for some folders only (`includeIf`) is not included for a sandbox.
SETTINGS = r"^(filter\..*|core\.(autocrlf|eol|safecrlf|attributesfile|symlinks|checkroundtripencoding))$"


def clone(root: Path, sha: str, folder: Path) -> Path:
    """Check out a commit in a clone that shares its objects with the project's repository.

    The files equal those of the project's own checkout: its filters, line ends and attributes apply.

    Args:
        root: The project's root.
        sha: The commit. It need not be on a branch.
        folder: The folder of the clone. It must not exist.

    Returns:
        The project's root in the clone.

    Raises:
        ProjectError: git or one of its filters fails.
    """
    options = ("--show-toplevel", "--is-shallow-repository", "--git-path", "objects")
    output = git(root, "rev-parse", *options, "--git-path", "info/attributes", "--show-prefix").split("\n")
    top, shallow, objects, attributes, prefix = (*output, "")[:5]  # without a prefix there is no line
    git(root, "clone", "--quiet", "--shared", "--no-checkout", top, str(folder))
    own = folder / ".git"
    with (own / "config").open("a", encoding="utf-8") as config:
        config.writelines(_settings(root))
    if shallow == "true":  # git shares no objects then, and copies those of branches only
        (own / "objects" / "info" / "alternates").write_text(
            f"{(root / objects).resolve()}\n", encoding="utf-8"
        )
    if (root / attributes).is_file():
        (own / "info").mkdir(exist_ok=True)
        shutil.copyfile(root / attributes, own / "info" / "attributes")
    git(folder, "checkout", "--quiet", "--detach", sha)
    return folder / prefix


def _settings(root: Path) -> Iterator[str]:
    """Yield the lines of the clone's config that come from the project's config files."""
    output = git(root, "config", "--null", "--get-regexp", SETTINGS, strip=False, accept=(0, 1))
    required = set()
    for setting in filter(None, output.split("\0")):
        key, newline, value = setting.partition("\n")
        yield _config_lines(key, value if newline else "true")
        name, _, kind = key.rpartition(".")
        if kind in ("smudge", "process") and value:
            required.add(name)
    for name in sorted(required):  # otherwise git ignores a filter that fails, and the files differ
        yield _config_lines(f"{name}.required", "true")


def _config_lines(key: str, value: str) -> str:
    section, _, rest = key.partition(".")
    subsection, _, name = rest.rpartition(".")
    head = f"[{section} {_quoted(subsection)}]" if subsection else f"[{section}]"
    return f"{head}\n\t{name} = {_quoted(value)}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
