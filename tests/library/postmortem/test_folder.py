"""The folder of a postmortem."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.library.hostile_text import HOSTILE, assert_safe_page
from tests.library.postmortem.cases import case, incident
from trimtab.errors import ConfigError
from trimtab.postmortem.answers import ANSWERS
from trimtab.postmortem.folder import DRAFT, INCIDENT, PAGE, write_folder

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_folder_has_evidence_draft_page_and_answers(tmp_path):
    files = write_folder(case(), tmp_path / "incidents" / "x", NOW)
    assert [file.name for file in files] == [INCIDENT, DRAFT, PAGE, ANSWERS]
    evidence = json.loads(files[0].read_text())
    assert evidence["schema"] == "trimtab.incident/1"
    assert evidence["timeline"][0]["by"] == "training/r1"
    page = files[2].read_text()
    for part in ("training: gate failed: validate_raw", "To be written by a person", "2 h 5 min"):
        assert part in page


def test_same_case_gives_the_same_bytes(tmp_path):
    first, second = (
        [file.read_bytes() for file in write_folder(case(), tmp_path / name, NOW)] for name in ("a", "b")
    )
    assert first == second


def test_answers_that_are_not_valid_leave_the_folder_as_it_was(tmp_path):
    (tmp_path / ANSWERS).write_text("action_items: [{action: a}]")
    with pytest.raises(ConfigError):
        write_folder(case(), tmp_path, NOW)
    assert [file.name for file in tmp_path.iterdir()] == [ANSWERS]


def test_hostile_texts_are_inert_on_the_page(tmp_path):
    files = write_folder(case(incident(text=HOSTILE), unknown=(HOSTILE,)), tmp_path, NOW)
    assert_safe_page(files[2].read_text())
