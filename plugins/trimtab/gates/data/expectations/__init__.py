"""Expectations beyond those of Great Expectations, registered with it when a suite is built.

The arguments ``table_files`` (rows by file) and ``table_schema`` (Arrow type by column) are facts about the
files. The gate fills them in; a suite cannot set them.
"""

from __future__ import annotations

GIVEN_BY_THE_GATE = ("table_files", "table_schema")


def register() -> None:
    """Register the expectations: Great Expectations registers a class when it is imported."""
    import trimtab.gates.data.expectations.relations
    import trimtab.gates.data.expectations.rows
    import trimtab.gates.data.expectations.tables  # noqa: F401
