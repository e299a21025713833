"""The columns a version reads, as its MLflow signature declares them, and whether a table has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from trimtab.errors import ScoringError, closest

if TYPE_CHECKING:
    import pandas as pd

# The widest number that MLflow takes for one of its types without loss, in bits.
FLOATS = {"double": 64, "float": 32}
SIGNED = {"long": 64, "integer": 32, "double": 32}
UNSIGNED = {"long": 32, "integer": 16, "double": 32}
WITHOUT_NULLS = ("long", "integer", "boolean")  # pandas has no such column with nulls in it


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: Its name.
        type: MLflow's name of its type, such as ``double``.
        required: Whether it may not be null throughout.
    """

    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Signature:
    """What a version reads.

    Attributes:
        columns: In the model's order.
        label: How messages name the version.
    """

    columns: tuple[Column, ...]
    label: str

    @classmethod
    def of(cls, signature: Any, label: str) -> Self:
        """Read MLflow's signature, whose columns have names."""
        columns = (Column(spec.name, _name(spec.type), bool(spec.required)) for spec in signature.inputs)
        return cls(tuple(columns), label)

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.columns]

    def check(self, table: Any, *, where: str) -> None:
        """Refuse a table that the version cannot read; columns it does not read may be there.

        Takes what MLflow's own server takes: types that lose nothing on the way to the declared ones.

        Args:
            table: A ``pyarrow.Schema``.
            where: The file, for messages.

        Raises:
            ScoringError: Columns are missing, or of another type; the message names every one.
        """
        problems = list(self._problems(table))
        if problems:
            raise ScoringError(
                f"{self.label} cannot read the table: {'; '.join(problems)}",
                where=where,
                fix="make the table with the stages that version was trained with; nothing has been scored",
            )

    def frame(self, batch: Any) -> pd.DataFrame:
        """Return the rows of a checked ``pyarrow.RecordBatch`` as the estimator was trained with them.

        Raises:
            ScoringError: A column of whole numbers or truth values has nulls.
        """
        import pyarrow as pa

        types = [pa.field(column.name, _arrow_type(column.type)) for column in self.columns]
        table = pa.Table.from_batches([batch]).select(self.names).cast(pa.schema(types))
        nulls = [
            column.name
            for column in self.columns
            if column.type in WITHOUT_NULLS and table[column.name].null_count
        ]
        if nulls:
            raise ScoringError(
                f"{self.label} cannot read nulls in {', '.join(nulls)}",
                fix="fill them as the stages do that it was trained with; nothing has been scored",
            )
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _problems(self, table: Any) -> Iterator[str]:
        unread = [name for name in table.names if name not in self.names]
        for column in self.columns:
            places = table.get_all_field_indices(column.name)
            if not places:
                yield f"'{column.name}' is missing{closest(column.name, unread)}"
            elif len(places) > 1:
                yield f"'{column.name}' is there {len(places)} times"
            elif not _fits(column, table.field(places[0]).type):
                yield f"'{column.name}' is {table.field(places[0]).type}, not {column.type}"


def _name(type_: Any) -> str:
    """Return the name of a type; of those that are no plain values, whatever they are called."""
    return str(getattr(type_, "name", type_))


def _fits(column: Column, found: Any) -> bool:
    """Whether a column of an Arrow type can be read as declared, and nothing is lost."""
    from pyarrow import types

    if types.is_null(found):
        return not column.required
    if types.is_dictionary(found):
        found = found.value_type
    if types.is_floating(found):
        return bool(found.bit_width <= FLOATS.get(column.type, 0))
    if types.is_signed_integer(found):
        return bool(found.bit_width <= SIGNED.get(column.type, 0))
    if types.is_unsigned_integer(found):
        return bool(found.bit_width <= UNSIGNED.get(column.type, 0))
    if types.is_timestamp(found):
        return column.type == "datetime" and found.tz is None
    kinds = {
        "string": types.is_string(found) or types.is_large_string(found),
        "binary": types.is_binary(found) or types.is_large_binary(found),
        "boolean": types.is_boolean(found),
    }
    return bool(kinds.get(column.type, False))


def _arrow_type(type_: str) -> Any:
    import pyarrow as pa

    return {
        "string": pa.string(),
        "binary": pa.binary(),
        "boolean": pa.bool_(),
        "integer": pa.int32(),
        "long": pa.int64(),
        "float": pa.float32(),
        "double": pa.float64(),
        "datetime": pa.timestamp("ns"),
    }[type_]
