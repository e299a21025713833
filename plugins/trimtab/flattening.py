"""Nested params and metrics as one mapping of dotted keys: ``{"train": {"depth": 5}}`` is ``train.depth``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trimtab.json_value import JsonValue


def flatten(
    values: JsonValue | Mapping[str, JsonValue], prefix: str = "", *, only_addressable: bool = False
) -> Iterator[tuple[str, JsonValue]]:
    """Yield the dotted key and the value of every value that is no mapping. A list is a value.

    Args:
        values: Nested mappings. Any other value is yielded under ``prefix``.
        prefix: The dotted key of ``values``.
        only_addressable: Leave out keys that are no text or contain a dot. A dotted key cannot name them.
    """
    if not isinstance(values, Mapping):
        yield prefix, values
        return
    for key, value in values.items():
        if only_addressable and (not isinstance(key, str) or "." in key):
            continue
        dotted = f"{prefix}.{key}" if prefix else str(key)
        yield from flatten(value, dotted, only_addressable=only_addressable)
