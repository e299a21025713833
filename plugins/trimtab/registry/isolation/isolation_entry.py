"""One line of the isolation log: a content that is tainted from then on, or no longer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from trimtab.errors import ConfigError
from trimtab.registry.tracking import hash_text

HASH = re.compile(r"[0-9a-f]{32}")
FOLDER = ".dir"  # end of the hash of a folder
SHOWN = 12  # characters of a hash in a sentence


class IsolationEntry(BaseModel):
    """One line of the isolation log.

    Attributes:
        number: Position in the log: 1, 2, 3 and so on without a gap.
        hash: The MD5 of the content, as DVC writes it, without ``.dir``.
        how: ``isolated`` or ``released``.
        by: The user.
        reason: Why.
        at: When: ISO 8601, UTC, in seconds.
        versions: Model to its versions that came of the content, of those that an alias names or that have
            been champion. Whether another version did, is read from its lock when it is to be promoted.
        previous: SHA-256 of the entry before; empty for the first one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int = Field(ge=1)
    hash: str = Field(pattern=f"^{HASH.pattern}$")
    how: Literal["isolated", "released"]
    by: str
    reason: str
    at: str
    versions: Mapping[str, list[int]] = Field(default_factory=dict)
    previous: str = ""

    @property
    def key(self) -> str:
        """The name of the MLflow param that stores the entry."""
        return entry_key(self.number)

    @property
    def text(self) -> str:
        """The value of that param; equal entries give equal bytes."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the text: ``previous`` of the next entry."""
        return hash_text(self.text)

    @property
    def short_hash(self) -> str:
        """The begin of the hash, for a sentence."""
        return self.hash[:SHOWN]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an entry from the value of its param.

        Raises:
            ValueError: The text is no entry, or is not the text that :attr:`text` writes for it.
        """
        entry = cls.model_validate_json(text)
        if entry.text != text:
            raise ValueError("its JSON is not written the way the log writes it")
        return entry


def entry_key(number: int) -> str:
    """Return the name of the MLflow param that stores entry ``number``."""
    return f"{number:06d}"


def normalize_hash(given: str) -> str:
    """Return a hash that a person gave, as the log has it: in lower case, without ``.dir``.

    Raises:
        ConfigError: It is no hash of DVC's.
    """
    found = given.strip().lower().removesuffix(FOLDER)
    if not HASH.fullmatch(found):
        raise ConfigError(
            f"The value is not a hash of DVC's: {given[:80]!r}",
            where="the argument HASH",
            fix="give the `md5` of the file or folder in `dvc.lock` or its `.dvc` file; `md5sum FILE` prints "
            "that of a file. Nothing is isolated",
        )
    return found
