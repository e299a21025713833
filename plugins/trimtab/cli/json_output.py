"""JSON for programs: one object on standard output for a result, one line on standard error for an error.

Each object has the key ``schema``, such as ``trimtab.plan/1``. Its number is raised by a
change that breaks a reader.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from trimtab.errors import TrimtabError
from trimtab.escaping import echo

JSON = "--json"

json_option = click.option(JSON, "as_json", is_flag=True, help="Print one JSON object, for programs.")


def print_json(command: str, content: Mapping[str, object]) -> None:
    """Print the result of a command as one JSON object.

    Args:
        command: The command, such as ``plan``; it becomes the schema ``trimtab.plan/1``.
        content: The result; a key ``schema`` of its own is kept.
    """
    result = {"schema": f"trimtab.{command.replace(' ', '-')}/1", **content}
    echo(json.dumps(result, indent=2, ensure_ascii=False))


def print_json_file(command: str, file: Path) -> None:
    """Print a JSON file that a command wrote, such as the report of a gate.

    Args:
        command: The command; its schema is used if the file has none.
        file: The file, which holds one object.
    """
    print_json(command, json.loads(file.read_bytes()))


def print_error(error: TrimtabError | click.ClickException) -> None:
    """Print an error as one line of JSON, the last one on standard error."""
    content = {"schema": "trimtab.error/1", "error": type(error).__name__, "exit_code": error.exit_code}
    if isinstance(error, TrimtabError):
        parts = {"what": error.what, "where": error.where, "fix": error.fix}
    else:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "trimtab"
        parts = {"what": error.format_message(), "where": "command line", "fix": f"`{path} --help`"}
    echo(json.dumps({**content, **parts}, ensure_ascii=False), err=True)
