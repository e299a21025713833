"""The lock file of a virtual environment: what is refused, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.requirements_lock import read_lock

HASH = f"--hash=sha256:{'0' * 64}"
GOOD = f"""\
# written by uv
tabulate==0.9.0 \\
    {HASH} \\
    {HASH}
    # via -r team-b.in
colorama==0.4.6 ; sys_platform == 'win32' \\
    {HASH}
requests[socks]==2.32.0 {HASH}
"""


def read(folder: Path, text: str) -> bytes:
    (folder / "team.lock").write_text(text)
    return read_lock(folder / "team.lock", root=folder)


@pytest.mark.parametrize("text", [GOOD, "", "# nothing\n", GOOD.rstrip()])
def test_lock_with_versions_and_hashes_is_read(tmp_path, text):
    assert read(tmp_path, text) == text.encode()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("humanize==4.9.0", "has no hash"),
        ("humanize==4.9.0 # --hash=sha256:" + "0" * 64, "has no hash"),
        ("humanize==4.9.0 --hash=md5:" + "0" * 32, "has no hash"),
        (f"humanize>=4 {HASH}", "has no version"),
        (f"humanize==4.* {HASH}", "has no version"),
        (f"humanize {HASH}", "has no version"),
        (f"humanize @ https://example.com/humanize.whl {HASH}", "has no version"),
        (f"./wheels/humanize.whl {HASH}", "has no version"),
        ("--index-url https://example.com/simple", "has an option"),
        ("-r other.lock", "has an option"),
        ("-e .", "has an option"),
        ("humanize==4.9.0 \\", "has no hash"),
    ],
)
def test_lock_that_does_not_say_what_is_installed_is_refused_with_the_line(tmp_path, line, problem):
    with pytest.raises(ConfigError, match=problem) as err:
        read(tmp_path, f"{GOOD}{line}\n")

    assert err.value.where == f"{tmp_path / 'team.lock'}, line 9"
    assert "--generate-hashes" in err.value.fix


@pytest.mark.parametrize("how", ["parent", "link"])
def test_lock_outside_of_the_project_is_refused(tmp_path, how):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "team.lock").write_text(GOOD)
    (root / "team.lock").symlink_to(tmp_path / "team.lock")

    with pytest.raises(ConfigError, match="outside of the project"):
        read_lock(root / ("../team.lock" if how == "parent" else "team.lock"), root=root)


def test_lock_that_is_missing_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read") as err:
        read_lock(tmp_path / "team.lock", root=tmp_path)
    assert "uv pip compile" in err.value.fix


def test_lock_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "team.lock").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_lock(tmp_path / "team.lock", root=tmp_path)
