"""Commands in a restored project."""

from __future__ import annotations

import pytest

from trimtab.registry.recovery.restored_project import DrillError, RestoredProject


def test_disconnected_project_has_an_empty_remote(checkouts, tmp_path):
    from dvc.config import Config

    root = checkouts["new"].copy(tmp_path / "project").root
    RestoredProject(root, tmp_path, print).disconnect()

    config = Config(str(root / ".dvc"))
    assert config["core"]["remote"] == "drill"
    assert list((tmp_path / "no-remote").iterdir()) == []


def test_command_returns_its_json_and_a_failed_one_says_why(checkouts, tmp_path):
    root = checkouts["new"].copy(tmp_path / "project").root
    restored = RestoredProject(root, tmp_path, print)

    assert restored.call("http://127.0.0.1:9", "dag")["schema"] == "trimtab.dag/1"
    with pytest.raises(DrillError, match=r"`trimtab plan` failed in the restored project: .*no stage"):
        restored.call("http://127.0.0.1:9", "plan", "nothing")
