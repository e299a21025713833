"""The pages of the docs site that list every command, key and field: they are made from the code.

A command has its help, options and example from click. A key has its sentence from the docstring of its
class. What has none raises an error, so that the site is not built without it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from tools.key_pages import MissingSentenceError, dvc_yaml_page, gate_report_page, params_page
from tools.markdown import inline, shell, table, word, words

INDEX = "# Reference\n\nThese pages are made from the code.\n\n```{{toctree}}\n:maxdepth: 2\n\n{}\n```\n"
PAGES = {
    "commands": lambda: commands_page(),
    "params": params_page,
    "dvc-yaml": dvc_yaml_page,
    "gate-report": gate_report_page,
}


def write_pages(folder: Path) -> None:
    """Write all pages into a folder, which is made.

    Raises:
        MissingSentenceError: A command, an option or a key is not documented where it is defined.
    """
    folder.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text(page(), encoding="utf-8")
    (folder / "index.md").write_text(INDEX.format("\n".join(PAGES)), encoding="utf-8")


def commands_page() -> str:
    """Return the page of the command line: each command in its group."""
    from trimtab.cli.command_groups import COMMAND_GROUPS
    from trimtab.cli.main import cli

    context, blocks = click.Context(cli, info_name="trimtab"), ["# Commands"]
    for title, names in COMMAND_GROUPS.items():
        blocks.append(f"## {title}")
        for name in names:
            blocks += _command(name, cli, context)
    return "\n\n".join(blocks) + "\n"


def _command(name: str, group: click.Group, outer: click.Context) -> Iterator[str]:
    """Yield the section of a command; of a group of commands, those of its commands too."""
    command = group.get_command(outer, name)
    if command is None:
        raise LookupError(f"there is no command '{name}'")
    context = click.Context(command, info_name=name, parent=outer)
    yield from describe_command(command, context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _command(inner, command, context)


def describe_command(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the title, the help, the usage, the options and the example of a command.

    Raises:
        MissingSentenceError: One of them is missing.
    """
    path = context.command_path
    if not command.help or not command.epilog:
        raise MissingSentenceError(f"`{path}` has no help or no example")
    yield f"### {path}"
    yield from map(_paragraph, inspect.cleandoc(command.help).split("\n\n"))
    yield shell(" ".join([path, *command.collect_usage_pieces(context)]))
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        yield table(
            ("option", "value", "default", "meaning"), *(_option(option, context) for option in options)
        )
    yield "Example:"
    yield shell(command.epilog.splitlines()[-1].strip())


def _paragraph(text: str) -> str:
    """Return a paragraph of a help text; one that click does not wrap, such as a table, is a block."""
    kept = text.removeprefix("\b\n")
    return inline(text) if kept == text else f"```text\n{kept}\n```"


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str, str]:
    if not option.help:
        raise MissingSentenceError(f"{option.opts[0]} of `{context.command_path}` has no help")
    meaning, _, stated = option.help.partition("  [default: ")  # a default in words
    facts = option.get_help_extra(context)
    value = "" if option.is_flag else option.make_metavar(context).strip("[]").replace("|", ", ")
    if "range" in facts:
        value = f"{value.removesuffix(' RANGE')}, {facts['range']}"
    default = "required" if option.required else inline(stated.rstrip("]") or facts.get("default", ""))
    return words([*option.opts, *option.secondary_opts]), word(value), default, inline(meaning)
