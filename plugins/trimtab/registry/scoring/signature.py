"""The signature of a version: the columns it reads, and whether a table has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from trimtab.errors import ScoringError, closest
from trimtab.registry.tracking import Entity

if TYPE_CHECKING:
    import pandas as pd

ArrowSchema: TypeAlias = Any  # pyarrow.Schema: pyarrow has no types
ArrowBatch: TypeAlias = Any  # pyarrow.RecordBatch
ArrowType: TypeAlias = Any  # pyarrow.DataType

# The widest number that MLflow converts to each of its types without loss, in bits.
FLOATS = {"double": 64, "float": 32}
SIGNED = {"long": 64, "integer": 32, "double": 32}
UNSIGNED = {"long": 32, "integer": 16, "double": 32}
WITHOUT_NULLS = ("long", "integer", "boolean")  # pandas has no such column with nulls in it


@dataclass(frozen=True)
class SignatureColumn:
    """A column of a signature.

    Attributes:
        name: Its name.
        type: MLflow's name for its type, such as ``double``.
        required: Whether it must have a value that is not null.
    """

    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Signature:
    """The columns that a version reads.

    Attributes:
        columns: In the model's order.
        label: The version's name in messages.
    """

    columns: tuple[SignatureColumn, ...]
    label: str

    @classmethod
    def from_mlflow(cls, signature: Entity, label: str) -> Self:
        """Return the signature of an MLflow signature that names its columns."""
        columns = (
            SignatureColumn(spec.name, _name(spec.type), bool(spec.required)) for spec in signature.inputs
        )
        return cls(tuple(columns), label)

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.columns]

    def check(self, table: ArrowSchema, *, where: str) -> None:
        """Refuse a table that the version cannot read; the table may have further columns.

        Like MLflow's server, it accepts each type that converts to the declared one without loss.

        Args:
            table: A ``pyarrow.Schema``.
            where: The file, for messages.

        Raises:
            ScoringError: Columns are missing or have another type; the message names each of them.
        """
        problems = list(self._problems(table))
        if problems:
            raise ScoringError(
                f"{self.label} cannot read the table: {'; '.join(problems)}",
                where=where,
                fix="make the table with the stages the version was trained with; nothing has been scored",
            )

    def frame(self, batch: ArrowBatch) -> pd.DataFrame:
        """Return the rows of a checked ``pyarrow.RecordBatch`` with the types of the training data.

        Raises:
            ScoringError: An integer or boolean column has nulls.
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
                fix="fill them with the stages that the version was trained with; nothing has been scored",
            )
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _problems(self, table: ArrowSchema) -> Iterator[str]:
        unread = [name for name in table.names if name not in self.names]
        for column in self.columns:
            places = table.get_all_field_indices(column.name)
            if not places:
                yield f"'{column.name}' is missing{closest(column.name, unread)}"
            elif len(places) > 1:
                yield f"'{column.name}' occurs {len(places)} times"
            elif not _fits(column, table.field(places[0]).type):
                yield f"'{column.name}' is {table.field(places[0]).type}, not {column.type}"


def _name(type_: Entity) -> str:
    """Return MLflow's name for a type; a nested type has no name, so its description is returned."""
    return str(getattr(type_, "name", type_))


def _fits(column: SignatureColumn, found: ArrowType) -> bool:
    """Whether an Arrow type converts to the declared type without loss."""
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


def _arrow_type(type_: str) -> ArrowType:
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
