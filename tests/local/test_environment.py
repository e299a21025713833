"""The environment of the local servers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from trimtab.local.environment import environment
from trimtab.local.state_folder import Home


@pytest.mark.parametrize(("name", "inside"), [("p", True), ("p" * 60, False)])
def test_temporary_folder_leaves_room_for_the_socket_of_the_forkserver(monkeypatch, name, inside):
    monkeypatch.delenv("TMPDIR", raising=False)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        project = Path(folder, name)
        project.mkdir()
        with Home(project) as home:
            given = environment(project, home, "http://a", "http://m")

        assert given.get("TMPDIR") == (str(home.sandboxes) if inside else None)
