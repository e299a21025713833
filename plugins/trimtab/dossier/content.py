"""What a dossier consists of: sections of sentences and tables, each with the hashes it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SourceKind = Literal[
    "git commit",
    "DVC hash",
    "lock files",
    "gate report",
    "seal",
    "ledger entry",
    "comparison",
    "drift report",
    "drift log",
]
Function = Literal["GOVERN", "MAP", "MEASURE", "MANAGE"]


class Part(BaseModel):
    """A frozen part of a dossier."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Part):
    """What a sentence rests on.

    Attributes:
        kind: What was hashed.
        name: Which one: a path, a window, the number of a ledger entry.
        hash: Its hash: SHA-256, of DVC MD5, of git as the repository has it.
    """

    kind: SourceKind
    name: str
    hash: Annotated[str, Field(min_length=1)]


Sources = Annotated[tuple[Source, ...], Field(min_length=1)]


class Statement(Part):
    """A sentence, which rests on at least one hash.

    Attributes:
        text: The sentence.
        sources: What it rests on.
        author: ``system``, or ``person`` for a text that a person has written and committed.
        topic: What the text answers, for that of a person; else empty.
    """

    text: str
    sources: Sources
    author: Literal["system", "person"] = "system"
    topic: str = ""


class Row(Part):
    """A row of a table.

    Attributes:
        cells: One text per column.
        sources: What it rests on.
    """

    cells: tuple[str, ...]
    sources: Sources


class Table(Part):
    """A table.

    Attributes:
        title: Its title.
        columns: The names of its columns.
        numeric: The columns of numbers.
        rows: Its rows.
    """

    title: str
    columns: tuple[str, ...]
    numeric: tuple[str, ...] = ()
    rows: tuple[Row, ...]


class Missing(Part):
    """A text that only a person can write, and that nobody has written.

    Attributes:
        key: Its key in ``dossier.yaml``.
        topic: What it has to answer.
    """

    key: str
    topic: str


class Section(Part):
    """A section: one point of Annex IV.

    Attributes:
        point: The point, 1 to 9.
        title: Its title.
        functions: The functions of the NIST AI RMF that it serves.
        statements: Its sentences.
        tables: Its tables.
        missing: The texts that it lacks.
    """

    point: int
    title: str
    functions: tuple[Function, ...]
    statements: tuple[Statement, ...] = ()
    tables: tuple[Table, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def sources(self) -> Iterator[Source]:
        """Everything that the section rests on, in its order, with repetitions."""
        for statement in self.statements:
            yield from statement.sources
        for table in self.tables:
            for row in table.rows:
                yield from row.sources


class MappingRow(Part):
    """A row of the table that maps the NIST AI RMF to the sections.

    Attributes:
        function: The function.
        categories: Its subcategories.
        points: The sections that serve it.
        sentences: How many sentences and rows of those sections rest on what the system keeps.
        written: How many texts a person has written for it.
        missing: The keys of those that nobody has written.
    """

    function: Function
    categories: tuple[str, ...]
    points: tuple[int, ...]
    sentences: int
    written: int
    missing: tuple[str, ...]


class Dossier(Part):
    """The dossier of a version.

    Attributes:
        model: The registered model.
        version: The version.
        summary: What a reader has to know first.
        sections: Points 1 to 9 of Annex IV.
        mapping: The functions of the NIST AI RMF.
    """

    model: str
    version: int
    summary: tuple[Statement, ...]
    sections: tuple[Section, ...]
    mapping: tuple[MappingRow, ...]

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The texts that only a person can write, and that nobody has written."""
        return tuple(missing for section in self.sections for missing in section.missing)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that the dossier rests on, once, in the order in which it is first used."""
        used = [source for statement in self.summary for source in statement.sources]
        used += [source for section in self.sections for source in section.sources]
        return tuple(dict.fromkeys(used))
