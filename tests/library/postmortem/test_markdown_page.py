"""The draft in Markdown."""

from __future__ import annotations

import re
from datetime import date

from tests.library.hostile_text import HOSTILE
from tests.library.postmortem.cases import case, incident
from trimtab.postmortem.answers import ActionItem, Answers
from trimtab.postmortem.markdown_page import GAP, render_markdown


def test_draft_shows_evidence_and_marks_what_only_a_person_knows():
    draft = render_markdown(case(), Answers())
    assert "1. Evidence: the gate has failed" in draft
    assert "2. Evidence: Since the last good run: params: split.months: 3 → 4. Whether that is why" in draft
    assert draft.count(GAP) == 6, "impact, three whys, what went well, action items"
    assert "| 2026-11-28 03:00 | alert | the gate has failed | training/r1 |" in draft
    assert "| recovery: from the first alert to what passed | 2 h 5 min |" in draft
    assert "| resolution: from the first alert to the resolution | not measured |" in draft
    assert "- Airflow does not answer" in draft


def test_answers_of_people_take_the_place_of_gaps_and_of_evidence():
    item = ActionItem(action="Check the unit", owner="ada", due=date(2026, 12, 15), kind="detect")
    answers = Answers(impact="none", whys=["the unit changed"] * 5, went_well="luck", action_items=[item])
    draft = render_markdown(case(), answers)
    assert GAP not in draft
    assert "Evidence:" not in draft
    assert "| Check the unit | detect | ada | 2026-12-15 | no |" in draft


def test_hostile_texts_are_inert_in_the_draft():
    draft = render_markdown(case(incident(text=HOSTILE)), Answers(impact=HOSTILE, whys=[HOSTILE]))
    assert "<script" not in draft
    assert not re.search(r"(?<!\\)\]\(", draft), "no link"
    assert "\x1b" not in draft


def test_draft_without_a_good_run_says_that_changes_are_not_known():
    assert "It cannot be said" in render_markdown(case(changes=None), Answers())
