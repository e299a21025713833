"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from trimtab.cli.main import ELSEWHERE, cli


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_command_is_found_where_it_is_said_to_be(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


def test_the_engine_starts_without_what_the_gates_and_the_registry_need():
    script = "import sys; from trimtab.cli.main import cli; cli.get_command(None, 'run'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "trimtab.cli.pipeline" in loaded
    assert not {"numpy", "pydantic", "trimtab.gates", "trimtab.registry", "trimtab.drift"} & loaded


def test_a_command_ends_without_looking_for_garbage():
    told = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0))"
    command = (
        f"{told}; import sys; sys.argv = ['trimtab', '--help']; from trimtab.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


def test_log_on_the_terminal_has_no_control_characters():
    told = "import logging, sys, trimtab.cli as cli; sys.argv = ['trimtab', '--version']"
    main = (
        "cli.cli.callback = None; cli.cli.main = lambda **_: logging.getLogger('x').error('a%s', '\\x1b[2J')"
    )
    command = f"{told}; {main}; cli.main()"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == "a\\u001b[2J\n"
