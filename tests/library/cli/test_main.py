"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from trimtab.cli.main import COMMAND_MODULES, cli


@pytest.mark.parametrize("name", COMMAND_MODULES)
def test_command_is_in_its_listed_module(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


def test_drift_group_has_the_commands_on_tables_and_on_the_drift_log_and_the_replay():
    command = cli.get_command(click.Context(cli), "drift")
    assert set(command.commands) == {"check", "reference", "replay", "report"}


def test_engine_command_imports_nothing_of_the_gates_and_the_registry():
    script = "import sys; from trimtab.cli.main import cli; cli.get_command(None, 'run'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "trimtab.cli.pipeline" in loaded
    assert not {"numpy", "pydantic", "trimtab.gates", "trimtab.registry", "trimtab.drift"} & loaded


def test_run_with_nothing_to_do_imports_no_pydantic(project):
    """Its import takes as long as such a run."""
    checkout = project(ran=True)
    script = "from trimtab.cli.main import cli; cli.main(['run'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {script}"],
        cwd=checkout.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pydantic" not in done.stdout.split()


def test_command_line_ends_without_a_last_garbage_collection():
    script = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0))"
    command = (
        f"{script}; import sys; sys.argv = ['trimtab', '--help']; from trimtab.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


def test_log_message_on_the_terminal_has_no_control_characters():
    script = "import logging, sys, trimtab.cli.main as cli; sys.argv = ['trimtab', '--version']"
    main = (
        "cli.cli.callback = None; cli.cli.main = lambda **_: logging.getLogger('x').error('a%s', '\\x1b[2J')"
    )
    command = f"{script}; {main}; cli.main()"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == "a\\u001b[2J\n"
