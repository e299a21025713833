"""Compare ``requirements.lock`` with the Python Packaging Advisory Database; no network is needed.

``python -m tools.audit ADVISORIES``; ADVISORIES is a clone of github.com/pypa/advisory-database, bare or not.
Ends with exit code 0 if no locked version is affected, 1 if one is, 2 if that cannot be said.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trimtab.errors import ConfigError
from trimtab.escaping import echo, line

LOCK = Path("requirements.lock")
SOURCE = "https://github.com/pypa/advisory-database"
OLD = 30  # days

Locked = Mapping[str, Sequence[Version]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A locked version that an advisory is about."""

    package: str
    version: Version
    names: str
    fixed: str
    summary: str

    def __str__(self) -> str:
        fix = f"fixed in {self.fixed}" if self.fixed else "no version fixes it"
        return line(f"{self.package} {self.version}: {self.names}, {fix}: {self.summary}")


def locked_versions(text: str) -> Locked:
    """Return what a lock file pins; a package may have a version for each platform."""
    versions: defaultdict[str, list[Version]] = defaultdict(list)
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", text, re.MULTILINE):
        versions[canonicalize_name(name)].append(Version(version))
    return versions


def affected_versions(locked: Locked, advisories: Path) -> Iterator[Finding]:
    """Yield each locked version that an advisory of the database's newest commit is about."""
    for name, text in _files(advisories):
        if name not in locked:
            continue
        advisory = yaml.load(text, yaml.CBaseLoader)  # every value stays a text, `1.10` too
        if "withdrawn" in advisory:
            continue
        for affected in advisory.get("affected", []):
            if canonicalize_name(affected["package"]["name"]) == name:
                for version in locked[name]:
                    if _is_affected(version, affected):
                        yield _finding(name, version, advisory, affected)


def age(advisories: Path) -> tuple[str, int]:
    """Return the day of the database's newest commit, and how many days ago that was."""
    committed = datetime.fromisoformat(_git(advisories, "log", "-1", "--format=%cI").decode().strip())
    return committed.date().isoformat(), (datetime.now(UTC) - committed).days


def main() -> None:
    """Audit the lock of the working directory."""
    try:
        if len(sys.argv) != 2:
            raise ConfigError(
                "The audit needs the advisories",
                where="make audit ADVISORIES=…",
                fix=f"`git clone --depth 1 {SOURCE}` once, `git pull` in it later, and name that folder",
            )
        advisories = Path(sys.argv[1])
        locked = locked_versions(LOCK.read_text(encoding="utf-8"))
        day, days = age(advisories)
        found = sorted(affected_versions(locked, advisories), key=str)
    except ConfigError as err:
        echo(str(err), fg="red", err=True)
        sys.exit(2)
    for finding in found:
        echo(str(finding), fg="red")
    echo(f"{len(locked)} locked packages, {len(found)} advisories about them; the database is of {day}")
    if days > OLD:
        echo(
            f"It is {days} days old and knows nothing newer: `git pull` in {advisories}",
            fg="yellow",
            err=True,
        )
    sys.exit(1 if found else 0)


def _files(advisories: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the package and the text of each advisory."""
    archive = _git(advisories, "archive", "--format=tar", "HEAD", "vulns")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            path, file = PurePosixPath(member.name), tar.extractfile(member) if member.isfile() else None
            if file and path.suffix in (".yaml", ".json"):
                yield canonicalize_name(path.parent.name), file.read()


def _git(folder: Path, *args: str) -> bytes:
    done = subprocess.run(["git", "-C", str(folder), *args], capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise ConfigError(
            f"The folder is no clone of the advisory database: {said}",
            where=str(folder),
            fix=f"`git clone --depth 1 {SOURCE}`",
        )
    return done.stdout


def _is_affected(version: Version, affected: Mapping[str, Any]) -> bool:
    """Whether a version is listed, or within a range: from ``introduced`` on, until ``fixed``."""
    if any(_version(known) == version for known in affected.get("versions", [])):
        return True
    return any(
        _is_within(version, span["events"])
        for span in affected.get("ranges", [])
        if span["type"] == "ECOSYSTEM"
    )


def _is_within(version: Version, events: Sequence[Mapping[str, str]]) -> bool:
    within = False
    for event in events:
        (kind, text), *_ = event.items()
        bound = _version(text)
        if kind == "introduced" and (text == "0" or (bound and version >= bound)):
            within = True
        elif bound and (
            (kind == "fixed" and version >= bound) or (kind == "last_affected" and version > bound)
        ):
            within = False
    return within


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:  # of before there were rules; no lock holds such
        return None


def _finding(
    name: str, version: Version, advisory: Mapping[str, Any], affected: Mapping[str, Any]
) -> Finding:
    events = [
        event
        for span in affected.get("ranges", [])
        if span["type"] == "ECOSYSTEM"
        for event in span["events"]
    ]
    fixed = [event["fixed"] for event in events if "fixed" in event]
    names = " ".join([advisory["id"], *advisory.get("aliases", [])])
    summary = advisory.get("summary") or advisory.get("details", "").split(". ")[0]
    return Finding(name, version, names, ", ".join(fixed), summary[:200])


if __name__ == "__main__":
    main()
