"""The retention of what failed stages left."""

from __future__ import annotations

import os
import time

from tests.library.registry.retention.prunable import prune
from trimtab.registry.retention.failed_stages import expired_failed_stages
from trimtab.registry.retention.retention_policy import RetentionPolicy


def test_prune_removes_old_files_of_failed_stages(candidates, name, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "home"))
    for run, days in (("old", 31), ("new", 1)):
        file = tmp_path / "home" / "failed" / "training" / run / "train" / "report.json"
        file.parent.mkdir(parents=True)
        file.write_text("{}")
        then = time.time() - days * 24 * 3600
        for path in (file, *list(file.parents)[:2]):
            os.utime(path, (then, then))

    prune(candidates, name, "--yes")

    assert [path.name for path in (tmp_path / "home" / "failed" / "training").iterdir()] == ["new"]


def test_failed_stage_with_one_young_file_is_kept(project, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "home"))
    old = tmp_path / "home" / "failed" / "training" / "run" / "old.txt"
    old.parent.mkdir(parents=True)
    old.write_text("12345")
    then = time.time() - 31 * 24 * 3600
    for path in (old, old.parent):
        os.utime(path, (then, then))
    policy = RetentionPolicy(report_days=30)

    (removal,) = expired_failed_stages(project.root, policy)
    assert removal.why == "older than 30 days"
    assert removal.what.endswith("failed/training/run")

    (old.parent / "young.txt").touch()
    assert list(expired_failed_stages(project.root, policy)) == []
