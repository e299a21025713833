"""The state folder: one user at a time, nothing deleted, keys for the owner only."""

from __future__ import annotations

import pytest

from trimtab.errors import ServiceError
from trimtab.local.state_folder import Home


@pytest.fixture(autouse=True)
def _default_home(monkeypatch):
    monkeypatch.delenv("TRIMTAB_HOME", raising=False)


def test_it_is_in_the_project_unless_the_environment_names_another(tmp_path, monkeypatch):
    assert Home(tmp_path).path == tmp_path / ".trimtab"
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "else"))
    assert Home(tmp_path).path == tmp_path / "else"


def test_a_second_user_is_refused_and_told_who_the_first_is(tmp_path):
    with Home(tmp_path), pytest.raises(ServiceError, match=r"Another process \(pid \d+\)"), Home(tmp_path):
        pass
    with Home(tmp_path):
        """Free again."""


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(ServiceError, match="cannot be written"), Home(tmp_path):
        pass


def test_a_new_world_sets_the_earlier_one_aside(tmp_path):
    with Home(tmp_path) as home:
        assert home.new_world() is None
        (home.world / "airflow.db").write_text("runs")
        aside = home.new_world()
        assert list(home.world.iterdir()) == []
        assert (aside / "airflow.db").read_text() == "runs"


def test_keys_are_made_once_and_only_the_owner_can_read_them(tmp_path):
    with Home(tmp_path) as home:
        keys = home.keys()
        assert home.keys() == keys
        assert (home.world / "keys.json").stat().st_mode & 0o077 == 0
        assert len(keys["jwt"]) >= 64


def test_sandboxes_of_killed_tasks_are_removed(tmp_path):
    with Home(tmp_path) as home:
        (home.sandboxes / "left").mkdir()
    with Home(tmp_path) as home:
        assert list(home.sandboxes.iterdir()) == []


@pytest.mark.parametrize("name", ["world/keys.json", "world/airflow.db", "sandboxes/x"])
def test_state_that_came_with_a_commit_is_refused(project, name):
    checkout = project()
    checkout.write({f".trimtab/{name}": "{}"})
    checkout.commit()
    with pytest.raises(ServiceError, match="git tracks a part of the state folder"), Home(checkout.root):
        pass
    assert (checkout.root / ".trimtab" / name).exists()


def test_folder_that_is_emptied_is_no_link(project, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").touch()
    checkout = project()
    (checkout.root / ".trimtab").mkdir()
    (checkout.root / ".trimtab" / "sandboxes").symlink_to(tmp_path / "theirs")
    with pytest.raises(ServiceError, match="is a link"), Home(checkout.root):
        pass
    assert (tmp_path / "theirs" / "file").exists()
