"""Every error the library raises on purpose.

Each message says what failed, where, and what to do::

    TrimtabError
    ├── ConfigError          a params file, a suite or a form value that cannot be used
    ├── ProjectError         a folder that is no git and DVC project, or one that DVC refuses
    ├── StageError           a stage whose command failed or whose files could not be brought
    │   └── RemoteError      a DVC remote that could not be reached, or gave up half-way
    ├── ModelError           a model file that cannot be loaded, or may not be
    ├── GateError            a gate that could not reach a verdict (it has failed all the same)
    ├── DriftError           windows that cannot be compared
    ├── ScoringError         a table that a model cannot score
    ├── RegistryError        MLflow cannot be reached, or does not hold what was asked for
    └── ServiceError         a local server that did not start, or a run that failed on it
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from trimtab.escaping import visible

LONGEST_NAME = 300  # characters


class TrimtabError(Exception):
    """What failed, where and what to do about it.

    Args:
        what: What failed, one sentence without a full stop.
        where: The file, stage or key, most general first.
        fix: What the reader can do now.

    Attributes:
        exits_with: What the command line exits with.
    """

    exits_with = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        parts = [what, f"  where: {where}" if where else "", f"  to do: {fix}" if fix else ""]
        super().__init__("\n".join(part for part in parts if part))


class ConfigError(TrimtabError):
    """A params file, a suite or a form value that cannot be used."""

    exits_with = 2  # as for wrong usage: trying again changes nothing


class ProjectError(TrimtabError):
    """A folder that is no git and DVC project, or one that DVC refuses."""


class StageError(TrimtabError):
    """A stage whose command failed or whose files could not be brought."""


class RemoteError(StageError):
    """A DVC remote that could not be reached, or gave up half-way."""


class ModelError(TrimtabError):
    """A model file that cannot be loaded, or may not be."""


class GateError(TrimtabError):
    """A gate that could not reach a verdict."""

    exits_with = 3  # not that of a verdict


class DriftError(TrimtabError):
    """Windows that cannot be compared."""


class ScoringError(TrimtabError):
    """A table that a model cannot score."""


class RegistryError(TrimtabError):
    """MLflow cannot be reached, or does not hold what was asked for."""


class ServiceError(TrimtabError):
    """A local server that did not start, or a run that failed on it."""


def not_utf8(
    err: UnicodeEncodeError, error: type[TrimtabError] = TrimtabError, *, where: str = ""
) -> TrimtabError:
    """Return the error for a name that is not UTF-8, which DVC, git and Arrow cannot write down.

    Args:
        err: What was raised when it was to be encoded.
        error: The error to return.
        where: For the message.
    """
    before, after = err.object[: err.start], err.object[err.start :]
    name = before.rpartition("\n")[2] + after.partition("\n")[0]  # it may stand in a file of settings
    shown = visible(name.strip())[-LONGEST_NAME:]
    return error(f"The name is not UTF-8: {shown}", where=where, fix="rename it in UTF-8")


def closest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known name, or nothing."""
    match = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{match[0]}'?" if match else ""
