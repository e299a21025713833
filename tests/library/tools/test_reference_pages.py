"""The pages of the docs site that are made from the code: complete, or not made at all."""

from __future__ import annotations

import re

import click
import pytest
from pydantic import BaseModel

from tests.library.cli.test_command_groups import LEAVES
from tools.key_pages import MissingSentenceError, describe_model, gate_report_page, params_page
from tools.markdown import inline, table
from tools.reference_pages import commands_page, describe_command
from trimtab.gate_report import report_files
from trimtab.params_sections import SECTIONS


@pytest.fixture(scope="module")
def commands() -> str:
    return commands_page()


@pytest.mark.parametrize("path", LEAVES)
def test_page_of_commands_has_every_option_and_the_example_of_a_command(path: str, commands: str) -> None:
    section = re.search(rf"^### trimtab {path}$(.*?)(?=^###? |\Z)", commands, re.M | re.S)
    assert section, "the command has no section"
    command = LEAVES[path]
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.opts[0] for option in options if f"| `{option.opts[0]}`" not in section[1]] == []
    assert f"Example:\n\n```sh\ntrimtab {path}" in section[1]


def test_page_of_commands_has_the_help_of_a_group_as_it_is_on_a_terminal(commands: str) -> None:
    section = commands.partition("### trimtab gate\n")[2].partition("###")[0]
    assert '```text\nexits with  when\n0           the verdict is "pass" or "warn"\n' in section
    assert "trimtab gate [OPTIONS] COMMAND [ARGS]..." in section


def test_page_of_params_has_every_key_of_every_section_with_a_sentence() -> None:
    page = params_page()
    for name, model in SECTIONS.items():
        section = page.partition(f"## Section {name}\n")[2]
        for key in model.model_fields:
            assert re.search(rf"^\| `{key}` \|.*\| [^|]+\. \|$", section, re.M), f"{name}.{key}"


def test_page_of_the_gate_report_has_every_key_of_the_schema() -> None:
    page = gate_report_page()
    for content in (report_files.ReportContent, report_files.CheckContent, report_files.CheckPartContent):
        for key in content.__annotations__:
            assert re.search(rf"^\| `{key}` \|.*\| [^|]+\. \|$", page, re.M), key


class Documented(BaseModel):
    """Settings.

    Attributes:
        rate: Share of the rows,
            from 0 | to 1.
    """

    rate: float = 0.5


class Undocumented(Documented):
    """More settings."""

    limit: int = 1


def test_key_has_its_values_its_default_and_the_sentence_of_its_docstring() -> None:
    *_, rows = describe_model("Settings", Documented)
    assert rows.splitlines()[-1] == r"| `rate` | number | `0.5` | Share of the rows, from 0 \| to 1. |"


def test_key_without_a_sentence_is_refused() -> None:
    with pytest.raises(MissingSentenceError, match="'limit' has no sentence below Attributes"):
        list(describe_model("Settings", Undocumented))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (click.Command("x", help="Do it."), "`x` has no help or no example"),
        (click.Command("x", epilog="trimtab x"), "`x` has no help or no example"),
        (
            click.Command("x", help="Do it.", epilog="x", params=[click.Option(["--out"])]),
            "--out of `x` has no help",
        ),
    ],
)
def test_command_without_help_example_or_help_of_an_option_is_refused(command, message) -> None:
    with pytest.raises(MissingSentenceError, match=message):
        list(describe_command(command, click.Context(command, info_name="x")))


def test_markup_of_a_docstring_is_that_of_markdown_outside_of_code() -> None:
    assert inline("See :func:`~trimtab.cli.x`, ``a_b<c``, a_b <c>\n  and *d*.") == (
        r"See `x`, `a_b<c`, a\_b \<c> and \*d\*."
    )


def test_table_leaves_out_an_empty_column() -> None:
    assert table(("a", "b", "c"), ("1", "", "3")) == "| a | c |\n| --- | --- |\n| 1 | 3 |"
