"""The help of the command line: each command has a group, a short help and an example."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from trimtab.cli.command_groups import COMMAND_GROUPS, COMMAND_MODULES
from trimtab.cli.main import cli


def leaves(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield each command that can be called, with its words."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from leaves(command.get_command(click.Context(command), name), (*path, name))
    if path and (not isinstance(command, click.Group) or command.invoke_without_command):
        yield " ".join(path), command


LEAVES = dict(leaves())
GROUPS = ("gate", "drift", "incident", "otel", "report")  # groups that are no command themselves


def test_no_command_is_declared_outside_of_the_groups():
    assert dict(cli.commands) == {}, "declare the command in trimtab.cli.command_groups.COMMAND_GROUPS"
    assert len(COMMAND_MODULES) == sum(map(len, COMMAND_GROUPS.values())), "a command is in two groups"


@pytest.mark.parametrize("path", LEAVES)
def test_command_has_an_example_that_the_command_accepts(path):
    command = LEAVES[path]
    assert command.epilog, f"declare an example: @click.command(epilog=example('trimtab {path} …'))"
    example = command.epilog.splitlines()[-1].strip()
    assert f"{example} ".startswith(f"trimtab {path} "), "the example calls another command"
    called = shlex.split(example.partition(" > ")[0])

    command.make_context(path, called[1 + len(path.split()) :])  # it raises an error of usage


@pytest.mark.parametrize("name", GROUPS)
def test_group_has_an_example_of_one_of_its_commands(name):
    group = cli.get_command(click.Context(cli), name)
    example = shlex.split(group.epilog.splitlines()[-1])
    assert example[:2] == ["trimtab", name]

    command = group.commands[example[2]]

    command.make_context(example[2], example[3:])  # it raises an error of usage


def test_groups_are_all_groups_that_are_no_command_themselves():
    context = click.Context(cli)
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    assert {name for name in commands if isinstance(commands[name], click.Group)} - {*LEAVES} == {*GROUPS}


def test_help_shows_each_command_in_its_group_with_a_whole_sentence():
    shown = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    lines = shown.partition("Options:")[2].splitlines()

    assert [line[:-1] for line in lines if line.endswith(":") and not line.startswith(" ")] == [
        *COMMAND_GROUPS
    ]
    assert [path for path in LEAVES if not any(line.startswith(f"  {path} ") for line in lines)] == []
    assert [line for line in lines if line.endswith("...")] == [], (
        "the first sentence of the command's docstring is too long for a terminal of 80 columns"
    )
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("called", "meant"), [("pln", "plan"), ("modles", "models"), ("suggest", "gate suggest")]
)
def test_unknown_command_names_the_closest_one(called, meant):
    done = CliRunner().invoke(cli, [called])

    assert done.exit_code == 2
    assert f"There is no command '{called}'; did you mean '{meant}'?" in done.output


@pytest.mark.parametrize(
    ("called", "meant"), [(["drift", "chek"], "check"), (["plan", "--forse"], "--force")]
)
def test_unknown_inner_command_or_option_names_the_closest_one(called, meant):
    assert f"Did you mean '{meant}'?" in CliRunner().invoke(cli, called).output
