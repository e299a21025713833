"""What a contract finds."""

from __future__ import annotations

from dataclasses import dataclass

from trimtab.errors import TrimtabError


@dataclass(frozen=True, order=True)
class Problem:
    """A breach of a contract.

    Attributes:
        what: What is wrong, one sentence without a full stop.
        where: The file and the key.
        fix: What to do.
    """

    what: str
    where: str
    fix: str

    def __str__(self) -> str:
        return str(TrimtabError(self.what, where=self.where, fix=self.fix))

    @classmethod
    def from_error(cls, error: TrimtabError) -> Problem:
        """Return the problem that an error of the library describes."""
        return cls(error.what, error.where, error.fix)
