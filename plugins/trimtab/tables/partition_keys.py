"""Folders named ``key=value``, as Spark and Arrow write them: the key is a column of the files below.

``pyarrow.dataset`` with ``partitioning="hive"`` reads such folders too. A gate cannot use it, because it
would pass rows that it never saw. Measured with pyarrow 25.0:

- It drops every file below a key whose name begins with ``_``. Here such a file is read.
- It fills a key with nulls if a file lies outside of the key. Here that is refused.
- It reads whole numbers as int32, and as text if one is beyond 2,147,483,647. Here they are int64.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from trimtab.tables.input_error import GateInputError, first_names

if TYPE_CHECKING:
    import pyarrow as pa

NULL = "__HIVE_DEFAULT_PARTITION__"


def partition_keys(places: Mapping[str, PurePath], where: str) -> dict[str, list[tuple[str, pa.Scalar]]]:
    """Return the keys of each file, from the outermost folder to the innermost, as Arrow's scalars.

    The values of a key are integers if all are, else texts.

    Args:
        places: Path of each file relative to the data.
        where: Name of the data in an error.

    Raises:
        GateInputError: The files have different keys.
    """
    found = {name: _pairs(place) for name, place in places.items()}
    _require_same_keys({name: tuple(key for key, _ in pairs) for name, pairs in found.items()}, where)
    columns = list(zip(*found.values(), strict=True))
    typed = [(pairs[0][0], _typed([value for _, value in pairs])) for pairs in columns]
    return {name: [(key, values[at]) for key, values in typed] for at, name in enumerate(found)}


def _pairs(place: PurePath) -> list[tuple[str, str | None]]:
    split = [folder.partition("=") for folder in place.parent.parts]
    return [
        (unquote(key), None if value == NULL else unquote(value)) for key, is_key, value in split if is_key
    ]


def _typed(values: list[str | None]) -> pa.Array:
    import pyarrow as pa

    texts = pa.array(values, pa.string())
    try:
        return texts.cast(pa.int64())
    except pa.ArrowInvalid:
        return texts


def _require_same_keys(keys: Mapping[str, tuple[str, ...]], where: str) -> None:
    usual = Counter(keys.values()).most_common(1)[0][0]
    odd = [name for name, own in keys.items() if own != usual]
    if odd:
        raise GateInputError(
            "fail",
            f"Files lie in other folders of keys than the rest, which lies in {_shown(usual)}: "
            + first_names([f"{name} in {_shown(keys[name])}" for name in odd]),
            where=where,
            fix="bring all of them below the same keys, or none",
        )


def _shown(keys: tuple[str, ...]) -> str:
    return "/".join(f"{key}=…" for key in keys) or "none"
