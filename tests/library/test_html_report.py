"""The HTML frame of every report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

import trimtab
from tests.library.hostile_text import HOSTILE, assert_safe_page
from trimtab.airflow.notifications.alert import Alert
from trimtab.html_report import environment, render


def test_templates_show_only_plots_unescaped():
    raw = {
        (path.name, found)
        for path in Path(trimtab.__file__).parent.rglob("*.j2")
        for found in re.findall(r"\{\{[^}]*\|\s*safe\b[^}]*\}\}|autoescape|\{\{[^}]*Markup", path.read_text())
    }
    assert raw == {
        ("report.html.j2", "{{ check.plot | safe }}"),
        ("report.html.j2", "{{ plot | safe }}"),
        ("parts.html.j2", "{{ plot | safe }}"),  # of the control room
    }


def test_rendered_page_escapes_hostile_text_and_writes_out_control_characters():
    alert = Alert("gate failed", HOSTILE, {HOSTILE: HOSTILE}, {HOSTILE: "https://example.com"})
    assert_safe_page(render("airflow/notifications/alert.html.j2", alert=alert))


def test_template_with_a_missing_value_is_an_error():
    with pytest.raises(UndefinedError, match="'alert' is undefined"):
        render("airflow/notifications/alert.html.j2")


def test_markup_that_was_escaped_before_is_not_escaped_again():
    page = environment().from_string("{{ text }}").render(text=Markup("<b>\u202e</b>"))
    assert page == "<b>\u202e</b>"
