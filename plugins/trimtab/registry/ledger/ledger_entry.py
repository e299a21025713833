"""One line of the ledger: who became champion, when, by whom and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, Self, get_args

How = Literal["promoted", "rolled back", "found"]


@dataclass(frozen=True)
class Entry:
    """One switch of the champion.

    Attributes:
        number: From 1, without a gap.
        model: The registered model.
        champion: The version that is champion from now on; ``None`` if none is.
        was: The version that was until now.
        how: ``promoted``, ``rolled back``, or ``found``: somebody had moved the alias past the ledger.
        by: The DAG run or the user who did it.
        reason: Why.
        at: When, by the clock: ISO 8601, UTC, to the second; never before the entry above it.
        data_until: How far the world had got: the end of the champion's data, if it is known.
        person: Whether a person decided it.
        comparison: The figures it was decided on, and the hash of their report.
        previous: SHA-256 of the entry before, as MLflow holds it; empty for the first.
        seal: SHA-256 of the champion's seal: what it was when it became champion. Empty, and not written, if
            none is champion or it has no seal.
    """

    number: int
    model: str
    champion: int | None
    was: int | None
    how: How
    by: str
    reason: str
    at: str
    data_until: str = ""
    person: bool = False
    comparison: Mapping[str, Any] = field(default_factory=dict)
    previous: str = ""
    seal: str = ""

    @property
    def key(self) -> str:
        """The name of the param that holds it."""
        return f"{self.number:06d}"

    @property
    def text(self) -> str:
        """What MLflow holds; equal entries give equal bytes."""
        content = {name: value for name, value in asdict(self).items() if name != "seal" or value}
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def hash(self) -> str:
        """SHA-256 of it, which the next entry and the champion's tag name."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an entry.

        Raises:
            ValueError: It is none.
        """
        try:
            entry = cls(**json.loads(text))
        except TypeError as err:
            raise ValueError(str(err)) from err
        if entry.how not in get_args(How) or entry.text != text:
            raise ValueError("it is not written as an entry is")
        datetime.fromisoformat(entry.at)
        return entry
