"""Drafts a suite from good data. Each expectation states its evidence and its margin, for a person to edit.

A drafted expectation must pass on the next good file. So every bound is the observed value plus a margin.
The drafts cover the values of a column, the relations between columns, and the steps of a column along time.
Only a person knows what a column means.
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
    reference = Reference(inspect_table(open_table(data)))
    drafts = [
        *draft_rows(reference),
        *(draft for name in reference.columns for draft in draft_column(name, reference)),
    ]
    drafts += [*draft_relations(reference), *draft_formulas(reference), *draft_continuity(reference)]
    head = [
        f"# Drafted from {len(reference.frame):,} rows in {len(reference.files)} file(s) of {data.name}.",
        "# Edit this draft.",
        "# Write in `notes` why each expectation exists and what to do when it fails.",
        "# Remove expectations that hold only by chance, and add what you know.",
        f"name: {stem(data)}",
        "",
        "expectations:",
    ]
    return "\n".join([*head, *(line for draft in drafts for line in draft.lines())]).rstrip() + "\n"
