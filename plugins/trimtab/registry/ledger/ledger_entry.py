"""One line of the ledger, as MLflow stores it: which version became champion, when, by whom and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal, Self, TypedDict, cast, get_args

from trimtab.json_value import JsonValue
from trimtab.registry.tracking import hash_text

Switch = Literal["promoted", "rolled back", "found", "kept"]


class LedgerLine(TypedDict, total=False):
    """The JSON of a ledger entry; :class:`LedgerEntry` describes the keys. OPTIONAL keys may be missing."""

    number: int
    model: str
    champion: int | None
    was: int | None
    how: Switch
    by: str
    reason: str
    at: str
    data_until: str
    person: bool
    comparison: Mapping[str, JsonValue]
    previous: str
    seal: str
    source: Mapping[str, JsonValue]


# Key of the JSON to the types of its value.
LINE_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int,),
    "model": (str,),
    "champion": (int, type(None)),
    "was": (int, type(None)),
    "how": (str,),
    "by": (str,),
    "reason": (str,),
    "at": (str,),
    "data_until": (str,),
    "person": (bool,),
    "comparison": (dict,),
    "previous": (str,),
    "seal": (str,),
    "source": (dict,),
}
OPTIONAL = {"seal", "source"}


@dataclass(frozen=True)
class LedgerEntry:
    """One switch of the champion, or the decision of a person that the champion stays.

    Attributes:
        number: Position in the ledger: 1, 2, 3 and so on without a gap.
        model: The registered model.
        champion: The new champion; ``None`` if there is none from now on.
        was: The champion before; ``None`` if there was none.
        how: ``promoted``, ``rolled back``, ``found``: somebody moved the alias without the ledger; or
            ``kept``: a person decided that the champion stays, and that automatic promotion goes on.
        by: The DAG run or the user who switched.
        reason: Why.
        at: Time of the switch: ISO 8601, UTC, in seconds; never before that of the entry before.
        data_until: ISO date: where the champion's data end; empty if it is not known.
        person: Whether a person decided.
        comparison: The figures behind the decision, and the hash of their report.
        previous: SHA-256 of the entry before, as MLflow stores it; empty for the first entry.
        seal: SHA-256 of the champion's seal at the time of the switch. Empty, and not written, if there is no
            champion or it has no seal.
        source: Where the champion was promoted before, if it comes from the registry of another environment:
            ``registry`` (its address), ``version``, ``commit``, and ``approver``, who promoted it there.
            Empty, and not written, if it does not.
    """

    number: int
    model: str
    champion: int | None
    was: int | None
    how: Switch
    by: str
    reason: str
    at: str
    data_until: str = ""
    person: bool = False
    comparison: Mapping[str, JsonValue] = field(default_factory=dict)
    previous: str = ""
    seal: str = ""
    source: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the MLflow param that stores the entry."""
        return entry_key(self.number)

    @property
    def text(self) -> str:
        """The value of that param; equal entries give equal bytes."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the text: ``previous`` of the next entry."""
        return hash_text(self.text)

    @property
    def reference(self) -> str:
        """Key and hash of the entry, as the ledger's tag names the entry that set the aliases."""
        return f"{self.key} {self.hash}"

    def to_dict(self) -> LedgerLine:
        """Return the entry as the JSON object that MLflow stores."""
        line = {name: value for name, value in asdict(self).items() if name not in OPTIONAL or value}
        return cast(LedgerLine, line)

    @classmethod
    def from_dict(cls, line: object) -> Self:
        """Check the JSON object of an entry and return the entry.

        Raises:
            ValueError: A key is missing or unknown, or a value has another type.
        """
        if not isinstance(line, dict):
            raise ValueError(f"the entry is no JSON object, but {type(line).__name__}")
        missing, unknown = LINE_TYPES.keys() - OPTIONAL - line.keys(), line.keys() - LINE_TYPES.keys()
        if missing or unknown:
            differing = [f"'{key}' is missing" for key in sorted(missing)]
            differing += [f"'{key}' is unknown" for key in sorted(unknown)]
            raise ValueError(", ".join(differing))
        for key, value in line.items():
            if not isinstance(value, LINE_TYPES[key]) or (isinstance(value, bool) and key != "person"):
                raise ValueError(f"'{key}' has a value of another type: {value!r}")
        if line["how"] not in get_args(Switch):
            raise ValueError(f"'how' is none of {', '.join(get_args(Switch))}: {line['how']!r}")
        datetime.fromisoformat(line["at"])
        return cls(**line)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an entry from the value of its param.

        Raises:
            ValueError: The text is no entry, or is not the text that :attr:`text` writes for it.
        """
        entry = cls.from_dict(json.loads(text))
        if entry.text != text:
            raise ValueError("its JSON is not written the way the ledger writes it")
        return entry


def entry_key(number: int) -> str:
    """Return the name of the MLflow param that stores entry ``number``."""
    return f"{number:06d}"
