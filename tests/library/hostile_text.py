"""Untrusted text that would act in a page, a terminal, rich's markup or Markdown, if it were not escaped."""

from __future__ import annotations

import re

HTML = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"

TERMINAL = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2066"

MARKUP = "[/x] [a-z]+ [bold]:smile:"

MARKDOWN = "# [click](javascript:alert(3)) ![p](http://evil/p) | **b** `c` _e_ ~~s~~"

HOSTILE = f"{HTML}{TERMINAL}{MARKUP}{MARKDOWN}'\"${{x}}"

LIVE = re.compile(r"<script>alert|<img |<svg onload", re.I)

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def assert_safe_page(page: str) -> None:
    assert not LIVE.findall(page)
    assert not HIDDEN.findall(page)
