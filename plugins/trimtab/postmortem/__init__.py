"""Postmortems: the timeline of an incident from everything that is kept, and a blameless draft of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.postmortem.answers import Answers, read_answers
    from trimtab.postmortem.case import Case, build_case
    from trimtab.postmortem.folder import write_folder
    from trimtab.postmortem.incident_view import show_case
    from trimtab.postmortem.markdown_page import render_markdown

__all__ = [
    "Answers",
    "Case",
    "build_case",
    "read_answers",
    "render_markdown",
    "show_case",
    "write_folder",
]

__getattr__ = lazy_names(
    __name__,
    {
        "answers": ["Answers", "read_answers"],
        "case": ["Case", "build_case"],
        "folder": ["write_folder"],
        "incident_view": ["show_case"],
        "markdown_page": ["render_markdown"],
    },
)
