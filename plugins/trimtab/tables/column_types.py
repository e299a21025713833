"""Checks that the files of a table have the same columns with compatible types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from trimtab.tables.input_error import SHOWN, GateInputError, first_names

if TYPE_CHECKING:
    import pyarrow as pa


def require_same_columns(schemas: Mapping[str, pa.Schema], where: str) -> None:
    """Refuse files whose columns differ.

    Args:
        schemas: Arrow's schema of each file.
        where: Name of the data in an error.

    Raises:
        GateInputError: Columns are missing, extra or duplicated, or their types are incompatible.
    """
    problems = [*_repeated(schemas), *_different_names(schemas)] or [*_different_types(schemas)]
    if problems:
        more = [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        raise GateInputError(
            "fail",
            "\n".join(
                ["The files are not of one table:", *(f"- {line}" for line in [*problems[:SHOWN], *more])]
            ),
            where=where,
            fix="bring the files that differ into line with the others, or the other way round",
        )


def _repeated(schemas: Mapping[str, pa.Schema]) -> Iterable[str]:
    for name, schema in schemas.items():
        for column, times in Counter(schema.names).items():
            if times > 1:
                yield f"{name} has {times} columns named '{column}'"


def _different_names(schemas: Mapping[str, pa.Schema]) -> Iterable[str]:
    usual = Counter(frozenset(schema.names) for schema in schemas.values()).most_common(1)[0][0]
    for name, schema in schemas.items():
        missing, extra = usual - set(schema.names), set(schema.names) - usual
        parts = [f"lacks {first_names(sorted(missing))}"] if missing else []
        parts += [f"has {first_names(sorted(extra))}, which the others do not"] if extra else []
        if parts:
            yield f"{name} {' and '.join(parts)}"


def _different_types(schemas: Mapping[str, pa.Schema]) -> Iterable[str]:
    for column in next(iter(schemas.values())).names:
        types = {name: schema.field(column).type for name, schema in schemas.items()}
        told = [kind for kind in types.values() if str(kind) != "null"] or list(types.values())
        usual = Counter(told).most_common(1)[0][0]
        for name, kind in types.items():
            if not _compatible(usual, kind):
                yield f"{name} has '{column}' as {kind}, the others as {usual}"


def _compatible(one: pa.DataType, other: pa.DataType) -> bool:
    """Whether Arrow finds a common type: integer and float have one, a number and text have none."""
    import pyarrow as pa

    try:
        pa.unify_schemas([pa.schema([("x", one)]), pa.schema([("x", other)])], promote_options="permissive")
    except pa.ArrowTypeError:
        return False
    return True
