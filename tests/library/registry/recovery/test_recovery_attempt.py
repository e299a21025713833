"""The objectives of a recovery, and what a restored commit is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.library.registry.retention.world import World
from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.recovery.recovery_attempt import RecoveryAttempt
from trimtab.registry.retention.manifest import BackupManifest


def test_drill_fails_if_the_copy_is_too_old_or_the_recovery_took_too_long():
    now = datetime.now(UTC)
    manifest = BackupManifest("m", (now - timedelta(hours=50)).isoformat(), {}, "refs/heads/main", "")
    attempt = RecoveryAttempt(None, None, None, print, started=now, manifest=manifest, recovery_seconds=3700)

    old, slow = attempt.missed_objectives(RecoveryPolicy(max_copy_hours=48, max_minutes=60))

    assert "is 2 days old" in old
    assert "took 62 minutes" in slow
    assert list(attempt.missed_objectives(RecoveryPolicy(max_copy_hours=51, max_minutes=62))) == []


@pytest.mark.slow
def test_restored_commit_has_the_content_of_its_hash_whatever_git_replace_says(site, vault, tmp_path):
    attacker = site.copy(tmp_path / "attacker")
    head = attacker.checkout.git("rev-parse", "HEAD").strip()
    file = attacker.root / "dvc.yaml"
    file.write_text("stages: {evil: {cmd: evil}}\n")
    attacker.checkout.commit("Trap")
    attacker.checkout.git("replace", head, "HEAD")
    attacker.checkout.git("update-ref", "refs/heads/main", head)
    file.write_text((site.root / "dvc.yaml").read_text())
    time.sleep(1)  # backups are named by the second
    assert attacker.run("backup", str(vault)).exit_code == 0

    done = site.run("restore", str(vault), str(tmp_path / "restored"))

    assert done.exit_code == 0, (done.output, done.exception)
    project = World(tmp_path / "restored", site.mlflow)
    assert project.checkout.git("rev-parse", "HEAD").strip() == head
    assert (project.root / "dvc.yaml").read_text() == (site.root / "dvc.yaml").read_text()
