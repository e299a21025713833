"""The watchdog: it ends processes and removes folders of a process that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from trimtab.pipeline.execution.watchdog import Watchdog

# Registers a folder and a command that waits, takes another folder back, and waits to be killed.
REGISTERED = """\
import subprocess, sys, time
from pathlib import Path
from trimtab.pipeline.execution.watchdog import Watchdog
folder = Path(sys.argv[1])
watchdog = Watchdog()
watchdog.send("+folder", folder / "sandbox")
watchdog.send("+folder", folder / "kept")
watchdog.send("-folder", folder / "kept")
command = ["sh", "-c", "echo $$ > child; exec sleep 61"]
child = subprocess.Popen(**watchdog.popen_arguments(command), cwd=folder)
while not (folder / "child").exists() or not (folder / "child").read_text():
    time.sleep(0.05)
(folder / "ready").touch()
child.wait()
"""


def wait_until(holds, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def registered(tmp_path):
    """A process that has registered a folder and a command, and the pid of the command."""
    for name in ("sandbox", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    process = subprocess.Popen([sys.executable, "-c", REGISTERED, str(tmp_path)])
    wait_until((tmp_path / "ready").exists)
    yield process, int((tmp_path / "child").read_text())
    process.kill()
    process.wait()


def test_killed_process_leaves_no_registered_command_and_no_registered_folder(registered, tmp_path):
    process, child = registered

    process.send_signal(signal.SIGKILL)
    process.wait()

    wait_until(lambda: not psutil.pid_exists(child))
    wait_until(lambda: not (tmp_path / "sandbox").exists())
    assert (tmp_path / "kept" / "file").exists()


def test_command_runs_in_a_session_of_its_own(registered):
    process, child = registered
    assert Path(f"/proc/{child}").exists()
    assert psutil.Process(child).ppid() == process.pid
    assert os.getsid(child) == child


def test_command_of_the_watchdog_gets_its_arguments_unchanged_and_no_input():
    arguments = Watchdog().popen_arguments(["printf", "%s|", "a b", "$HOME", "'"])
    done = subprocess.run(**arguments, capture_output=True, text=True, check=True)
    assert done.stdout == "a b|$HOME|'|"


def test_folder_with_blanks_and_quotes_in_its_name_is_removed(tmp_path):
    folder = tmp_path / 'it\'s a "sandbox"'
    folder.mkdir()
    code = "import sys; from trimtab.pipeline.execution.watchdog import Watchdog; w = Watchdog();"
    code += "w.send('+folder', sys.argv[1]); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    wait_until(lambda: not folder.exists())
