"""The audit of the locked packages, with a small database of advisories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from tools.audit import LOCK, affected_versions, locked_versions

ROOT = Path(__file__).resolve().parents[3]
RANGES = [
    ("1.1", "introduced: '0'", "fixed: 1.2"),
    ("1.10", "introduced: '1.2'", "last_affected: 1.10"),
    ("3.0rc1", "introduced: 2.0", "fixed: 3.0"),
]
SOUND = [
    ("1.2", "introduced: '0'", "fixed: 1.2"),
    ("1.10", "introduced: '1.2'", "last_affected: 1.9"),
    ("1.0", "introduced: 2.0", "fixed: 3.0"),
]


def advisories(folder: Path, text: str) -> Path:
    place = folder / "vulns" / "some-package"
    place.mkdir(parents=True)
    (place / "PYSEC-2026-1.yaml").write_text(text)
    who = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    for command in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "First")):
        subprocess.run(["git", "-C", folder, *command], check=True)
    return folder


def advisory(*events: str, versions: str = "[]", more: str = "") -> str:
    listed = "".join(f"    - {event}\n" for event in events)
    return (
        f"id: PYSEC-2026-1\naliases: [CVE-2026-1]\ndetails: 'Bad \x1b[2J. More.'\n{more}affected:\n"
        "- package: {name: Some_Package, ecosystem: PyPI}\n"
        f"  ranges:\n  - type: ECOSYSTEM\n    events:\n{listed}  versions: {versions}\n"
    ).replace("\x1b", "\\e")


@pytest.mark.parametrize(
    ("version", "first", "last", "affected"),
    [*((*each, True) for each in RANGES), *((*each, False) for each in SOUND)],
)
def test_version_is_affected_within_a_range_and_not_outside(tmp_path, version, first, last, affected):
    database = advisories(tmp_path, advisory(first, last))
    assert bool([*affected_versions({"some-package": [Version(version)]}, database)]) == affected


def test_listed_version_is_affected_unless_the_advisory_is_withdrawn(tmp_path):
    locked = {"some-package": [Version("1.10.0"), Version("1.1")]}
    events = ("introduced: 5", "fixed: 6")
    for folder, more, found in (("one", "", ["1.10.0"]), ("two", "withdrawn: 2026-01-01\n", [])):
        database = advisories(tmp_path / folder, advisory(*events, versions="[1.10]", more=more))
        assert [str(finding.version) for finding in affected_versions(locked, database)] == found


def test_every_pin_of_the_lock_is_audited():
    text = (ROOT / LOCK).read_text()
    pins = [each for each in text.splitlines() if "==" in each and each[0] not in " #"]
    assert sum(map(len, locked_versions(text).values())) == len(pins) > 200


@pytest.mark.parametrize(("pin", "code"), [("1.1", 1), ("1.3", 0)])
def test_audit_says_what_is_affected_and_of_which_day_it_knows(tmp_path, pin, code):
    database = advisories(tmp_path / "db", advisory("introduced: '0'", "fixed: 1.2"))
    (tmp_path / LOCK).write_text(f"some.package=={pin} ; python_version > '3' \\\n    --hash=sha256:0\n")

    done = subprocess.run(
        [sys.executable, "-m", "tools.audit", str(database)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stderr
    assert ("some-package 1.1: PYSEC-2026-1 CVE-2026-1, fixed in 1.2: Bad" in done.stdout) == bool(code)
    assert f"1 locked packages, {code} advisories about them; the database is of 20" in done.stdout
    assert "\x1b" not in done.stdout


def test_audit_without_advisories_says_where_they_are(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tools.audit", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "git clone" in done.stderr
