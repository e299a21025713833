"""The environment variables of the local servers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from trimtab.local.environment import environment
from trimtab.local.state_folder import StateFolder


@pytest.mark.parametrize(("name", "inside"), [("p", True), ("p" * 60, False)])
def test_temporary_folder_is_the_default_if_its_path_is_too_long_for_a_socket(monkeypatch, name, inside):
    monkeypatch.delenv("TMPDIR", raising=False)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        project = Path(folder, name)
        project.mkdir()
        with StateFolder(project) as state:
            given = environment(project, state, "http://a", "http://m")

        assert given.get("TMPDIR") == (str(state.sandboxes) if inside else None)
