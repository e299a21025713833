"""The recovery policy, and where the backups are."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.registry.recovery.recovery_policy import (
    RecoveryPolicy,
    find_backup_location,
    read_recovery_policy,
)


def test_project_without_the_section_has_the_defaults(tmp_path):
    assert read_recovery_policy(tmp_path) == RecoveryPolicy()
    (tmp_path / "params.yaml").write_text("train: {c: 1}\n")
    assert read_recovery_policy(tmp_path) == RecoveryPolicy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{lock_day: 3}", "did you mean 'lock_days'"),
        ("{lock_days: -1}", "lock_days"),
        ("{criticality: x}", "'low'"),
    ],
)
def test_section_with_an_invalid_key_or_value_is_refused(tmp_path, text, said):
    (tmp_path / "params.yaml").write_text(f"recovery: {text}\n")

    with pytest.raises(ConfigError, match=said):
        read_recovery_policy(tmp_path)


def test_location_is_the_given_one_then_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("TRIMTAB_BACKUP", "s3://b")
    assert find_backup_location("/mnt") == "/mnt"
    assert find_backup_location(None) == "s3://b"
    monkeypatch.setenv("TRIMTAB_BACKUP", "")
    with pytest.raises(ConfigError, match="TRIMTAB_BACKUP"):
        find_backup_location(None)
