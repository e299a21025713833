"""How much a value given for a run may be, before anything is made of it."""

from __future__ import annotations

import math
from typing import Any

MOST = 10_000  # values in lists and mappings
DEEPEST = 20  # lists and mappings in one another
CHARACTERS = 100_000  # of all texts together
BITS = 63  # of a whole number: what every program can hold


def excess_of(value: Any) -> str:
    """Return what makes a value too much, or nothing."""
    pending = [(value, 0)]
    count = characters = 0
    while pending:
        item, depth = pending.pop()
        count += 1
        characters += len(item) if isinstance(item, str) else 0
        if count > MOST:
            return f"it holds more than {MOST:,} values"
        if characters > CHARACTERS:
            return f"its texts have more than {CHARACTERS:,} characters"
        if depth > DEEPEST:
            return f"more than {DEEPEST} lists and mappings are in one another"
        if isinstance(item, int) and item.bit_length() > BITS:
            return f"a whole number in it has more than {BITS} bits"
        if isinstance(item, float) and not math.isfinite(item):
            return "a number in it is not finite"
        if isinstance(item, dict):
            pending += [(inner, depth + 1) for pair in item.items() for inner in pair]
        elif isinstance(item, list | tuple):
            pending += [(inner, depth + 1) for inner in item[: MOST + 1]]
    return ""
