"""Deployments, from the entries of a ledger, the verdicts and a real git repository."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.library.slo.evidences import ago, entry, verdict
from trimtab.delivery.deployment import Deployment, find_deployments

DATES = ("2024-01-01T00:00:00+00:00", "2024-02-01T00:00:00+00:00", "2024-03-01T00:00:00+00:00")


def git(root: Path, *args: str, **env: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *args]
    given = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(root), **env}
    return subprocess.run(
        command, cwd=root, env=given, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path) -> tuple[Path, list[str]]:
    """Three commits on the folder of a pipeline, and after each one on another folder."""
    git(tmp_path, "init", "-q")
    pipeline = tmp_path / "pipelines" / "rides"
    pipeline.mkdir(parents=True)
    commits = []
    for number, date in enumerate(DATES):
        for file in (pipeline / "train.py", tmp_path / "other.txt"):
            file.write_text(f"{number}")
            git(tmp_path, "add", "-A")
            git(tmp_path, "commit", "-qm", f"{number}", GIT_COMMITTER_DATE=date, GIT_AUTHOR_DATE=date)
        commits.append(git(tmp_path, "rev-parse", "HEAD"))
    return pipeline, commits


def deployments(*entries, verdicts=(), revisions=None, root=Path("/nowhere")) -> list[Deployment]:
    return list(find_deployments(entries, verdicts, revisions or {}, root))


def test_deployment_brings_the_commits_since_the_revision_before_on_its_own_folder(repository):
    root, (first, _, third) = repository
    one, two = deployments(
        entry(1, 1, ago(days=9)),
        entry(2, 2, ago(days=5), was=1),
        revisions={1: first, 2: third},
        root=root,
    )
    assert one.commits == (datetime.fromisoformat(DATES[0]),)
    assert two.commits == (datetime.fromisoformat(DATES[2]), datetime.fromisoformat(DATES[1]))


def test_retrain_at_the_same_revision_brings_no_change(repository):
    root, (first, *_) = repository
    _, retrain = deployments(
        entry(1, 1, ago(days=9)), entry(2, 2, ago(days=5), was=1), revisions={1: first, 2: first}, root=root
    )
    assert (retrain.brings_change, retrain.commits) == (False, ())


@pytest.mark.parametrize("revision", ["", "f" * 40, "--output=/tmp/x", "HEAD", "$(id)"])
def test_revision_that_the_repository_does_not_have_or_that_is_none_gives_no_commit(repository, revision):
    root, _ = repository
    (one,) = deployments(entry(1, 1, ago(days=9)), revisions={1: revision}, root=root)
    assert (one.commits, one.brings_change) == ((), True)


def test_rolled_back_deployment_failed_and_was_restored():
    one, two = deployments(
        entry(1, 1, ago(days=9)),
        entry(2, 2, ago(days=5), was=1),
        entry(3, 1, ago(days=4), was=2, how="rolled back", reason="complaints"),
    )
    assert one.failed == ""
    assert two.failed == "rolled back: complaints"
    assert (two.failed_at.isoformat(), two.restored_at.isoformat()) == (ago(days=5), ago(days=4))


def test_deployment_with_the_verdict_investigate_failed_from_that_verdict_on():
    asked = verdict("2024-05", ago(days=3), decision="investigate", champion="1")
    (one,) = deployments(entry(1, 1, ago(days=9)), verdicts=[asked])
    assert one.failed == "verdict 'investigate' on 2024-05"
    assert (one.failed_at.isoformat(), one.restored_at) == (ago(days=3), None)


@pytest.mark.parametrize(
    "seen",
    [
        verdict("2024-05", ago(days=3), decision="investigate", champion="7"),
        verdict("2024-05", ago(days=20), decision="investigate", champion="1"),
        verdict("2024-05", ago(days=3), decision="retrain", champion="1"),
    ],
    ids=["another version", "before it was live", "another decision"],
)
def test_verdict_about_something_else_fails_no_deployment(seen):
    (one,) = deployments(entry(1, 1, ago(days=9)), verdicts=[seen])
    assert one.failed == ""


def test_decision_and_moved_alias_are_no_deployments():
    found = deployments(
        entry(1, 1, ago(days=9)),
        entry(2, 1, ago(days=8), was=1, how="kept"),
        entry(3, 2, ago(days=7), was=1, how="found"),
        entry(4, None, ago(days=6), was=2, how="found"),
    )
    assert [one.version for one in found] == [1]
