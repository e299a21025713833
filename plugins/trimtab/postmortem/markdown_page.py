"""The draft of a postmortem in Markdown: evidence where a system has it, a visible gap where it has not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trimtab.control_room import minutes
from trimtab.diagnosis import Explanation
from trimtab.escaping import code, markdown
from trimtab.postmortem.answers import ANSWERS, Answers
from trimtab.postmortem.case import Case
from trimtab.postmortem.evidence import change_sentences, impact_sentences, list_whys, time_rows

GAP = "**To be written by a person**"
NOT_MEASURED = "not measured"


def render_markdown(case: Case, answers: Answers) -> str:
    """Return the draft.

    Args:
        case: The incident and all that is known of it.
        answers: What people have written.
    """
    incident = case.incident
    parts = [
        f"# Postmortem of {markdown(incident.id)}: {markdown(incident.cause.title)}",
        f"{incident.severity}, {incident.state}. Everything here except the answers in `{ANSWERS}` comes "
        "from what the systems recorded. It is about the system, not about people. Edit the answers, not "
        f"this page: `trimtab postmortem {incident.id}` writes it again.",
        "## Impact",
        _list(impact_sentences(case)),
        markdown(answers.impact)
        if answers.impact
        else _gap("impact", "who or what was affected, and how much"),
        "## Times",
        _table(("what", "how long"), [(name, text or NOT_MEASURED) for name, text in time_rows(case)]),
        "## What changed since the last good run",
        *_changes(case.changes),
        "## Timeline",
        _table(
            ("when (UTC)", "recorded by", "what", "by"),
            [(minutes(moment.at), moment.source, moment.text, moment.by) for moment in case.timeline.moments],
        ),
        "## Five whys",
        "\n".join(_whys(case, answers)),
        "## What went well",
        markdown(answers.went_well)
        if answers.went_well
        else _gap("went_well", "what made it shorter or smaller"),
        "## Action items",
        _action_items(answers),
        "## What is not known",
        _list(case.unknown) if case.unknown else "Every source has answered.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _changes(changes: Explanation | None) -> Iterator[str]:
    if changes is None:
        yield "It cannot be said: see *What is not known*."
        return
    yield f"{code(changes.run)}, compared with {code(changes.against)}:"
    found = change_sentences(changes)
    yield _list(found) if found else "No data, code, param or environment differs."


def _whys(case: Case, answers: Answers) -> Iterator[str]:
    for number, why in enumerate(list_whys(case, answers)):
        text = markdown(why.text) if why.text else _gap(f"whys[{number}]", "why did that happen?")
        yield f"{number + 1}. {'' if why.written or not why.text else 'Evidence: '}{text}"


def _action_items(answers: Answers) -> str:
    if not answers.action_items:
        return _gap(
            "action_items", "what is done so that it does not happen again, with an owner and a due date"
        )
    rows = [
        (item.action, item.kind, item.owner, item.due.isoformat(), "yes" if item.done else "no")
        for item in answers.action_items
    ]
    return _table(("action", "kind", "owner", "due", "done"), rows)


def _gap(key: str, question: str) -> str:
    return f"{GAP} (`{key}` in `{ANSWERS}`): {question}"


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {markdown(line)}" for line in lines)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([markdown(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
