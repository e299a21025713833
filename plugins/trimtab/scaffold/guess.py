"""A guess: what `trimtab new` decided on its own, and the line that changes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Guess:
    """Something that was not given, and was decided from the table.

    Attributes:
        what: What was decided.
        value: The decision.
        why: What in the table it was decided from.
        file: The file of the pipeline that has it, relative to the pipeline's folder.
        text: The begin of the line in that file.
    """

    what: str
    value: str
    why: str
    file: str
    text: str

    def place(self, pipeline: Path) -> str:
        """Return the file and the number of the line to change, such as ``params.yaml:12``."""
        lines = (pipeline / self.file).read_text(encoding="utf-8").splitlines()
        number = next((number for number, line in enumerate(lines, 1) if self.text in line), None)
        return f"{self.file}:{number}" if number else self.file
