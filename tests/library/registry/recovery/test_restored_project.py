"""Commands in a restored project."""

from __future__ import annotations

import pytest

from trimtab.registry.recovery.restored_project import DrillError, RestoredProject


def test_disconnected_project_has_an_empty_remote(project, tmp_path):
    root = project().root
    RestoredProject(root, tmp_path, print).disconnect()

    with project(folder="other").dvc():
        from dvc.config import Config

        config = Config(str(root / ".dvc"))
    assert config["core"]["remote"] == "drill"
    assert list((tmp_path / "no-remote").iterdir()) == []


def test_command_returns_its_json_and_a_failed_one_says_why(project, tmp_path):
    restored = RestoredProject(project().root, tmp_path, print)

    assert restored.call("http://127.0.0.1:9", "dag")["schema"] == "trimtab.dag/1"
    with pytest.raises(DrillError, match=r"`trimtab plan` failed in the restored project: .*no stage"):
        restored.call("http://127.0.0.1:9", "plan", "nothing")
