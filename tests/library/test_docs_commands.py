"""The commands in the docs are ones that their programs accept: no option or argument that does not exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from trimtab.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {page.name: page.read_text() for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))}
NUMBERS = {"N": "1", "VERSION": "1"}  # what the docs write for a number
OF_A_PROVIDER = ("airflow celery", "airflow users")  # this environment has neither Celery nor FAB


def called(program: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of a program in the blocks of shell of all pages, with their page."""
    for page, text in TEXTS.items():
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S):
            for line in re.split(r"\n| && | \| ", block.replace("\\\n", " ")):
                if line.startswith(f"{program} "):
                    words = shlex.split(line.partition(" > ")[0], comments=True)
                    yield page, [NUMBERS.get(word, word) for word in words[1:]]


def named(program: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands that sentences name, with their page."""
    for page, text in TEXTS.items():
        sentences = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        for code in re.findall(rf"`{program} ([^`\n]+)`", sentences):
            yield page, shlex.split(code.partition(" > ")[0])


def find(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command of trimtab that the words name, and the words after its name."""
    command: click.Command = cli
    context = click.Context(cli, info_name="trimtab")
    while isinstance(command, click.Group) and words and (inner := command.get_command(context, words[0])):
        command, words = inner, words[1:]
    return command, words


def test_docs_call_commands_of_every_program() -> None:
    assert all(len(list(called(program))) >= 2 for program in ("dvc", "trimtab"))
    assert all(len(list(named(program))) >= 2 for program in ("airflow", "trimtab"))


def test_every_command_of_trimtab_that_a_page_calls_is_accepted() -> None:
    refused = []
    for page, words in called("trimtab"):
        command, arguments = find(words)
        try:
            command.make_context(command.name, arguments)
        except click.UsageError as err:
            refused.append(f"{page}: trimtab {shlex.join(words)}: {err.format_message()}")
    assert refused == []


def test_every_option_of_trimtab_that_a_sentence_names_exists() -> None:
    unknown = []
    for page, words in named("trimtab"):
        command, arguments = find(words)
        options = {"--help", "--version", *(opt for param in command.params for opt in param.opts)}
        given = [word.partition("=")[0] for word in arguments if word.startswith("--") and word != "--"]
        unknown += [f"{page}: trimtab {shlex.join(words)}" for option in given if option not in options]
    assert unknown == []


def test_every_command_of_dvc_that_a_page_calls_is_accepted() -> None:
    from dvc.cli.parser import get_main_parser

    parser = get_main_parser()
    for _, words in called("dvc"):
        parser.parse_args(words)  # it raises an error if not


@pytest.mark.slow
def test_every_command_of_airflow_in_the_docs_is_accepted() -> None:
    from airflow.cli.cli_parser import get_parser

    parser = get_parser()
    for _, words in (*called("airflow"), *named("airflow")):
        if not f"airflow {shlex.join(words)}".startswith(OF_A_PROVIDER):
            parser.parse_args(words)  # it exits if not
