"""The folder of a postmortem, for a commit: evidence as JSON, the draft, and the answers of people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from trimtab.atomic_write import write_text_atomically
from trimtab.control_room import minutes
from trimtab.html_report import render
from trimtab.postmortem.answers import ANSWERS, read_answers
from trimtab.postmortem.case import Case
from trimtab.postmortem.evidence import change_sentences, impact_sentences, list_whys, time_rows
from trimtab.postmortem.markdown_page import render_markdown

INCIDENT, DRAFT, PAGE = "incident.json", "postmortem.md", "postmortem.html"


def write_folder(case: Case, folder: Path, now: datetime) -> tuple[Path, ...]:
    """Write the folder of an incident; the answers of people stay as they are.

    Args:
        case: The incident and all that is known of it.
        folder: The folder, created if missing.
        now: The time.

    Returns:
        The files.

    Raises:
        ConfigError: The answers are not valid; then nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    answers = read_answers(folder)
    page = render(
        "postmortem/postmortem.html.j2",
        incident=case.incident,
        answers=answers,
        answers_file=ANSWERS,
        now=minutes(now.astimezone(UTC).isoformat()),
        minutes=minutes,
        impact=impact_sentences(case),
        times=time_rows(case),
        changes=case.changes,
        changed=change_sentences(case.changes) if case.changes else [],
        moments=case.timeline.moments,
        whys=[(why.written, why.text) for why in list_whys(case, answers)],
        unknown=case.unknown,
    )
    contents = {
        INCIDENT: json.dumps(case.to_dict(), indent=2, ensure_ascii=False, default=str) + "\n",
        DRAFT: render_markdown(case, answers),
        PAGE: page,
    }
    for name, text in contents.items():
        write_text_atomically(folder / name, text)
    return tuple(folder / name for name in (*contents, ANSWERS))
