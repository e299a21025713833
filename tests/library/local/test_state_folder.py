"""The state folder: locked by one process, earlier state kept, keys readable by the owner only."""

from __future__ import annotations

import pytest

from trimtab.errors import ServiceError
from trimtab.local.state_folder import StateFolder


@pytest.fixture(autouse=True)
def _default_home(monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)


def test_state_folder_is_in_the_project_unless_the_environment_names_another(tmp_path, monkeypatch):
    assert StateFolder(tmp_path).path == tmp_path / ".trimtab"
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "else"))
    assert StateFolder(tmp_path).path == tmp_path / "else"


def test_locked_state_folder_is_refused_with_the_pid_of_its_user(tmp_path):
    with (
        StateFolder(tmp_path),
        pytest.raises(ServiceError, match=r"in use by another process: pid \d+"),
        StateFolder(tmp_path),
    ):
        pass
    with StateFolder(tmp_path):
        """Free again."""


def test_state_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "file" / "state"))
    with pytest.raises(ServiceError, match="cannot be written"), StateFolder(tmp_path):
        pass


def test_server_state_is_moved_aside_and_kept(tmp_path):
    with StateFolder(tmp_path) as state:
        assert state.move_server_state_aside() is None
        (state.server_state / "airflow.db").write_text("runs")
        earlier = state.move_server_state_aside()
        assert list(state.server_state.iterdir()) == []
        assert (earlier / "airflow.db").read_text() == "runs"


def test_keys_are_created_once_and_readable_by_the_owner_only(tmp_path):
    with StateFolder(tmp_path) as state:
        keys = state.keys()
        assert state.keys() == keys
        assert (state.server_state / "keys.json").stat().st_mode & 0o077 == 0
        assert len(keys["jwt"]) >= 64


def test_sandboxes_of_killed_tasks_are_removed_at_the_next_start(tmp_path):
    with StateFolder(tmp_path) as state:
        (state.sandboxes / "left").mkdir()
    with StateFolder(tmp_path) as state:
        assert list(state.sandboxes.iterdir()) == []


@pytest.mark.parametrize("name", ["world/keys.json", "world/airflow.db", "sandboxes/x"])
def test_state_folder_with_a_tracked_file_is_refused(project, name):
    checkout = project()
    checkout.write({f".trimtab/{name}": "{}"})
    checkout.commit()
    with (
        pytest.raises(ServiceError, match="git tracks a file in the state folder"),
        StateFolder(checkout.root),
    ):
        pass
    assert (checkout.root / ".trimtab" / name).exists()


def test_sandbox_folder_that_is_a_symlink_is_refused(project, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").touch()
    checkout = project()
    (checkout.root / ".trimtab").mkdir()
    (checkout.root / ".trimtab" / "sandboxes").symlink_to(tmp_path / "theirs")
    with pytest.raises(ServiceError, match="is a symlink"), StateFolder(checkout.root):
        pass
    assert (tmp_path / "theirs" / "file").exists()
