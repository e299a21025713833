"""Size limits of an override."""

from __future__ import annotations

import math

MAX_VALUES = 10_000  # in lists and mappings
MAX_DEPTH = 20  # of nested lists and mappings
MAX_CHARACTERS = 100_000  # of all texts together
MAX_BITS = 63  # of an integer: every program can store so many


def find_excess(value: object) -> str:
    """Return which limit a value exceeds; empty if none."""
    pending: list[tuple[object, int]] = [(value, 0)]
    count = characters = 0
    while pending:
        item, depth = pending.pop()
        count += 1
        characters += len(item) if isinstance(item, str) else 0
        if count > MAX_VALUES:
            return f"it has more than {MAX_VALUES:,} values"
        if characters > MAX_CHARACTERS:
            return f"its texts have more than {MAX_CHARACTERS:,} characters"
        if depth > MAX_DEPTH:
            return f"its lists and mappings are nested more than {MAX_DEPTH} levels deep"
        if isinstance(item, int) and item.bit_length() > MAX_BITS:
            return f"an integer in it has more than {MAX_BITS} bits"
        if isinstance(item, float) and not math.isfinite(item):
            return "a number in it is not finite"
        if isinstance(item, dict):
            pending += [(inner, depth + 1) for pair in item.items() for inner in pair]
        elif isinstance(item, list | tuple):
            pending += [(inner, depth + 1) for inner in item[: MAX_VALUES + 1]]
    return ""
