"""Drafts a suite from good data, for a person to edit: each expectation with its evidence and its margin.

A drafted expectation must pass on the next good file. So every bound is the observed value and a margin.
Drafts cover the values of a column, the relations of columns, and their steps along time. Only a person knows
the meaning of a column.
"""

from __future__ import annotations

from pathlib import Path

from trimtab.gates.suggest.columns import draft_column
from trimtab.gates.suggest.continuity import draft_continuity
from trimtab.gates.suggest.formulas import draft_formulas
from trimtab.gates.suggest.reference import Reference
from trimtab.gates.suggest.relations import draft_relations
from trimtab.gates.suggest.rows import draft_rows
from trimtab.tables import inspect_table, open_table, stem


def suggest(data: Path) -> str:
    """Draft a suite from good data.

    Args:
        data: A Parquet or CSV file, or a folder of files. More files give better margins.

    Returns:
        The text of the suite, YAML.

    Raises:
        GateInputError: The data cannot be read, or have no rows.
    """
    good = Reference(inspect_table(open_table(data)))
    drafts = [*draft_rows(good), *(draft for name in good.columns for draft in draft_column(name, good))]
    drafts += [*draft_relations(good), *draft_formulas(good), *draft_continuity(good)]
    head = [
        f"# Drafted from {len(good.frame):,} rows in {len(good.files)} file(s) of {data.name}: edit it.",
        "# Say in notes why each is there and what to do when it fails.",
        "# Remove what is chance, and add what you know.",
        f"name: {stem(data)}",
        "",
        "expectations:",
    ]
    return "\n".join([*head, *(line for draft in drafts for line in draft.lines())]).rstrip() + "\n"
