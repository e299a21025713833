"""Backups of an attacker with write access to the backup location."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.restoration import restore


def blob(vault: Path, content: bytes) -> dict[str, object]:
    sha = hashlib.sha256(content).hexdigest()
    file = vault / "blobs" / sha[:2] / sha[2:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return {"sha256": sha, "size": len(content)}


def git(folder: Path, *args: str) -> None:
    who = ["-c", "user.name=m", "-c", "user.email=m@b"]
    subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Write a backup of a project with these links in it, and these words in its description."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    vault = tmp_path / "vault"

    def write(links: dict[str, Path] | None = None, **said: object) -> Path:
        project = tmp_path / "source"
        (project / ".dvc").mkdir(parents=True)
        (project / ".dvc" / "config").write_text("[cache]\n    dir = elsewhere\n")
        for name, target in (links or {}).items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).symlink_to(target)
        git(project, "init", "-q", "-b", "main")
        git(project, "add", "-A", "-f")
        git(project, "commit", "-qm", "x")
        git(project, "bundle", "create", "-q", str(tmp_path / "bundle"), "--all", "HEAD")
        objects = vault / "files" / "md5" / "1b"
        objects.mkdir(parents=True)
        (objects / "c29b36f623ba82aaf6724fd3b16718").write_bytes(b"md5")
        described = {
            "schema": "trimtab.backup/1",
            "model": "m",
            "taken": "2026-01-01T00:00:00",
            "live": {},
            "head": "refs/heads/main",
            "prefix": "",
            "files": {"project.bundle": blob(vault, (tmp_path / "bundle").read_bytes())},
            "objects": {"files/md5/1b/c29b36f623ba82aaf6724fd3b16718": 3},
            "lacking": [],
        }
        content = json.dumps(described | said).encode()
        (vault / "backups").mkdir()
        (vault / "backups" / f"2026-{hashlib.sha256(content).hexdigest()}.json").write_bytes(content)
        return vault

    return write


def test_backup_of_a_project_without_symbolic_links_is_restored(hostile, tmp_path):
    restore(open_backup_location(str(hostile())), tmp_path / "new")
    assert (tmp_path / "new/project/.dvc/cache/files/md5/1b/c29b36f623ba82aaf6724fd3b16718").exists()


@pytest.mark.parametrize(
    "link", [".dvc/cache", ".dvc/cache/files", ".dvc/cache/files/md5/1b", ".dvc/config.local"]
)
def test_restore_writes_through_no_symbolic_link_of_the_project(hostile, tmp_path, link):
    outside = tmp_path / "outside"
    if link.endswith("local"):
        outside.write_text("mine")
    else:
        outside.mkdir()
    with pytest.raises(RegistryError, match="has a symbolic link in a path of the restore"):
        restore(open_backup_location(str(hostile({link: outside}))), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert outside.read_text() == "mine" if outside.is_file() else list(outside.iterdir()) == []


SHA = {"sha256": "ab" * 32, "size": 1}


@pytest.mark.parametrize(
    "said",
    [
        {"head": "--upload-pack=touch canary"},
        {"head": "-x"},
        {"head": "refs/heads/-f"},
        {"head": "refs/heads/a:b"},
        {"prefix": "../outside/"},
        {"prefix": "/etc/"},
        {"prefix": "-x/"},
        {"files": {"../outside": SHA}},
        {"files": {"/etc/passwd": SHA}},
        {"files": {"project/.git/hooks/post-checkout": SHA}},
        {"files": {"mlflow/../../outside": SHA}},
        {"files": {"mlflow/x": {"sha256": "../../../etc/passwd", "size": 1}}},
        {"files": {"mlflow/x": {}}},
        {"files": []},
        {"objects": {"../../outside": 1}},
        {"objects": {"files/md5/1b/../../../../x": 1}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_backup_manifest_with_a_hostile_path_or_name_is_refused(hostile, tmp_path, said):
    with pytest.raises(RegistryError, match=r"names a (file|object|folder|head)|cannot be read"):
        restore(open_backup_location(str(hostile(**said))), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "outside").exists()
