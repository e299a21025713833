"""Output of commands, and their background processes."""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
from pathlib import Path

import psutil
import pytest

from trimtab.errors import StageError
from trimtab.pipeline.execution.process import (
    BACKGROUND_NOTE,
    PIPE_BYTES,
    CommandError,
    background_command,
    run_commands,
)


def printed(command: str, folder: Path) -> list[str]:
    """Run a command and return the texts that were shown, in order."""
    shown: list[str] = []
    run_commands([command], where="a test", cwd=folder, env=os.environ, show=shown.append)
    return shown[1:]


def test_run_does_not_wait_for_a_background_process_of_a_command(tmp_path):
    command = "(sleep 60; echo late) & echo $! > child; echo hello; printf end"

    shown = printed(command, tmp_path)

    child = psutil.Process(int((tmp_path / "child").read_text()))
    assert child.is_running()
    child.kill()
    assert "\n".join(shown) == f"hello\nend\n{BACKGROUND_NOTE}"


def test_background_process_may_print_after_the_command_has_ended(tmp_path):
    command = "(while ! test -e go; do sleep 0.05; done; echo more; echo more; echo 1 > alive) & echo hello"

    printed(command, tmp_path)
    (tmp_path / "go").touch()

    deadline = time.monotonic() + 30
    while not (tmp_path / "alive").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_run_does_not_wait_for_a_background_process_that_prints_for_ever(tmp_path):
    shown = printed("yes & echo $! > child; echo hello", tmp_path)

    psutil.Process(int((tmp_path / "child").read_text())).kill()
    assert shown[-1] == BACKGROUND_NOTE


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("printf 'a\\n\\nb'", ["a", "", "b"]),
        ("printf 'a\\r\\nb\\rc\\n'", ["a", "b", "c"]),
        ("printf 'a\\n'; exec 1>&- 2>&-; sleep 0.2", ["a"]),
        ("printf '\\303'; sleep 0.2; printf '\\244\\377\\n'", ["ä\ufffd"]),
        ("head -c 262144 /dev/zero | tr '\\0' x", ["x" * 262144]),
        (":", []),
    ],
)
def test_lines_of_a_command_are_shown_unchanged(tmp_path, command, lines):
    assert [line for text in printed(command, tmp_path) for line in text.split("\n")] == lines


def test_output_before_a_failure_is_shown_completely(tmp_path):
    shown: list[str] = []

    with pytest.raises(CommandError):
        run_commands(["seq 100000; exit 3"], where="a test", cwd=tmp_path, env=os.environ, show=shown.append)

    assert "\n".join(shown[1:]) == "\n".join(map(str, range(1, 100001)))


@pytest.mark.parametrize("what", ["yes", "cat /dev/zero | tr '\\0' x"], ids=["short lines", "one line"])
def test_memory_is_bounded_if_a_command_prints_without_newlines(tmp_path, what):
    sizes: list[int] = []
    tracemalloc.start()
    try:
        run_commands(
            [f"{what} | head -c 20000000"],
            where="a test",
            cwd=tmp_path,
            env=os.environ,
            show=lambda text: sizes.append(len(text)),
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sum(sizes) > 19_000_000
    assert max(sizes) <= 2 * PIPE_BYTES
    assert peak < 8_000_000, f"{sys.getsizeof(sizes)} of it are the sizes"


def test_background_command_ends_with_its_block_and_with_what_it_started(tmp_path):
    script = "sleep 300 & echo $! > child; echo started; wait"
    log = tmp_path / "log"

    with background_command(
        ["/bin/sh", "-c", script], where="test", cwd=tmp_path, env=os.environ, log_file=log
    ) as process:
        while not (tmp_path / "child").exists() or not log.read_text():
            time.sleep(0.01)
        child = psutil.Process(int((tmp_path / "child").read_text()))
        assert process.poll() is None

    assert process.poll() is not None
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert log.read_text() == "started\n"


def test_background_command_that_does_not_exist_is_an_error(tmp_path):
    with (
        pytest.raises(StageError, match="could not be started"),
        background_command(["x"], where="test", cwd=tmp_path / "no", env={}, log_file=tmp_path / "log"),
    ):
        pass
