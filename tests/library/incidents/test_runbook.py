"""The runbooks: each kind of alert has one, with commands that are accepted, at an address."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import get_args

import click
import pytest

from tests.library.test_docs_commands import NUMBERS, find
from trimtab.airflow.notifications.alert import URGENCIES, Alert, Kind
from trimtab.incidents import DOCS_URL, KINDS, runbook_address

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "alerts.md").read_text()


def section(kind: str) -> str:
    """Return the section of a kind of alert."""
    found = re.search(rf"^## {kind.capitalize()}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found, kind
    return found[1]


def commands(kind: str) -> list[list[str]]:
    """Return the commands in the blocks of a section, without the name of the program."""
    found = []
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", section(kind), re.M | re.S):
        for line in filter(None, map(str.strip, block.splitlines())):
            program, *words = shlex.split(line, comments=True)
            assert program == "trimtab", line
            found.append([NUMBERS.get(word, word) for word in words])
    return found


@pytest.mark.parametrize("kind", get_args(Kind))
def test_runbook_of_each_kind_has_commands_that_are_accepted(kind):
    assert commands(kind)
    for words in commands(kind):
        command, arguments = find(words)
        assert not isinstance(command, click.Group) or command.invoke_without_command, words
        command.make_context(command.name, arguments)  # it raises an error if not


@pytest.mark.parametrize("kind", KINDS)
def test_runbook_of_an_incident_says_how_to_look_further(kind):
    named = {words[0] for words in commands(kind)}
    assert named & {"why", "debug", "doctor", "status", "verify"}


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("https://docs.example.com/", "https://docs.example.com/alerts.html#gate-failed"),
        ("https://git.example.com/docs/{page}.md", "https://git.example.com/docs/alerts.md#gate-failed"),
        ("", "docs/alerts.md#gate-failed"),
        ("javascript:alert(1)", "docs/alerts.md#gate-failed"),
    ],
)
def test_runbook_has_the_address_of_the_docs_site(monkeypatch, site, address):
    monkeypatch.setenv(DOCS_URL, site)
    assert runbook_address("gate failed") == address


def test_mail_links_the_runbook_and_has_the_colour_and_the_sign_of_its_urgency(monkeypatch):
    monkeypatch.setenv(DOCS_URL, "https://docs.example.com")
    for kind, colour, sign in (
        ("gate failed", "#b3261e", "✖"),
        ("gate warned", "#a86400", "▲"),
        ("model promoted", "#1f7a4d", "✓"),
    ):
        page = Alert(kind, "A title", {}).html()
        assert colour in page
        assert f"{sign} A title" in page
        assert f'<a href="https://docs.example.com/alerts.html#{kind.replace(" ", "-")}">runbook</a>' in page


def test_every_kind_of_alert_has_an_urgency_and_every_incident_is_urgent():
    assert set(URGENCIES) == set(get_args(Kind))
    assert {URGENCIES[kind] for kind in KINDS} == {"act"}
