"""What only people know: a file in the folder of the postmortem, typed by a person and validated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from trimtab.atomic_write import write_text_atomically
from trimtab.config import Params, parse_params
from trimtab.params_file import load_yaml

ANSWERS = "answers.yaml"
WHYS = 5
TEMPLATE = """\
# Yours to edit: what no system knows. `trimtab postmortem` reads this file, checks it and never changes it.
# Write about the system, not about people: what made the mistake easy, what made it hard to see.
impact: ""        # who or what was affected, and how much
whys: []          # up to five sentences; each says why the one before it happened
went_well: ""     # what made it shorter or smaller
# Each: {action: ..., owner: ..., due: 2026-01-31, kind: prevent}. The kind is prevent, detect or mitigate.
action_items: []
"""


class ActionItem(Params):
    """What is to be done so that it does not happen again.

    Attributes:
        action: What is done, in one sentence.
        owner: The person who does it.
        due: Until when.
        kind: Whether it prevents, detects or mitigates.
        done: Whether it is done.
    """

    action: str = Field(min_length=1, max_length=500)
    owner: str = Field(min_length=1, max_length=100)
    due: date
    kind: Literal["prevent", "detect", "mitigate"] = "prevent"
    done: bool = False

    @field_validator("action", "owner")
    @classmethod
    def _require_text(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("it is empty")
        return value.strip()


class Answers(Params):
    """The answers of people.

    Attributes:
        impact: Who or what was affected.
        whys: Up to five; the first one answers why the incident happened.
        went_well: What made it shorter or smaller.
        action_items: What is to be done.
    """

    impact: str = Field("", max_length=4000)
    whys: list[str] = Field(default_factory=list, max_length=WHYS)
    went_well: str = Field("", max_length=4000)
    action_items: list[ActionItem] = Field(default_factory=list, max_length=50)


def read_answers(folder: Path) -> Answers:
    """Return the answers in a folder, after writing an empty file if there is none.

    Args:
        folder: The folder of the postmortem.

    Raises:
        ConfigError: A key is unknown, or a value is not valid; an action item needs an owner and a due date.
    """
    file = folder / ANSWERS
    if not file.exists():
        write_text_atomically(file, TEMPLATE)
    return parse_params(Answers, load_yaml(file) or {}, where=str(file))
