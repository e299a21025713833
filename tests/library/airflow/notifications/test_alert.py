"""An alert as text, and its runbook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from tests.library.hostile_text import HOSTILE, assert_safe_page
from trimtab.airflow.notifications.alert import Alert, Kind
from trimtab.html_report import render

DOCS = Path(__file__).resolve().parents[4] / "docs" / "alerts.md"


def test_runbook_has_a_section_for_every_kind_of_alert():
    headings = re.findall(r"^## (.+)$", DOCS.read_text(), re.M)
    assert {kind for kind in get_args(Kind) if kind.capitalize() not in headings} == set()


def test_alert_mail_escapes_html():
    page = render(
        "airflow/notifications/alert.html.j2",
        alert={
            "kind": "gate failed",
            "title": HOSTILE,
            "facts": {HOSTILE: HOSTILE},
            "links": {},
            "runbook": HOSTILE,
            "colour": "#b3261e",
            "sign": "✖",
        },
    )
    assert_safe_page(page)


def test_text_of_an_alert_leaves_out_empty_facts_and_ends_with_the_runbook():
    alert = Alert("gate failed", "A title", {"found": "1 of 2", "error": ""}, {"log": "http://airflow/log"})
    assert alert.text().splitlines() == [
        "A title",
        "found: 1 of 2",
        "log: http://airflow/log",
        "runbook: docs/alerts.md#gate-failed",
    ]


def test_html_of_an_alert_has_its_facts_links_and_runbook():
    page = Alert("drift to look at", "A title", {"found": "PSI 0.4"}, {"log": "http://airflow/log"}).html()
    for part in ("A title", "PSI 0.4", 'href="http://airflow/log"', "docs/alerts.md#drift-to-look-at"):
        assert part in page


def test_html_of_an_alert_escapes_facts_links_and_title():
    assert_safe_page(Alert("task failed", HOSTILE, {HOSTILE: HOSTILE}, {HOSTILE: HOSTILE}).html())
