"""The errors of the library.

Each message says what is wrong, where, and what to do::

    TrimtabError
    ├── ConfigError          a params file, a suite or a form value is not valid
    ├── MissingExtraError    a command needs an optional dependency that is not installed
    ├── ProjectError         a folder is not a git and DVC project, or DVC refuses it
    ├── StageError           the command of a stage failed, or its files could not be fetched
    │   └── RemoteError      a DVC remote cannot be reached, or failed during a transfer
    ├── ModelError           a model file cannot be loaded, or holds a type that is not trusted
    ├── GateError            a gate reached no verdict; it counts as failed
    ├── DriftError           two windows cannot be compared
    ├── ScoringError         a model cannot score a table
    ├── RegistryError        MLflow refuses a request, or lacks the requested object
    │   └── RegistryOutageError  MLflow does not answer, or its store loses files
    └── ServiceError         a local server did not start, or a DAG run on it failed
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from trimtab.escaping import visible

LONGEST_NAME = 300  # characters


class TrimtabError(Exception):
    """An error whose message has three parts: what is wrong, where, and what to do.

    Args:
        what: What is wrong, one sentence without a full stop: the subject, the problem, the value.
        where: The file, stage or key, the most general one first.
        fix: What the reader can do now.

    Attributes:
        exit_code: The exit code of the command line.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        parts = [what, f"  where: {where}" if where else "", f"  to do: {fix}" if fix else ""]
        super().__init__("\n".join(part for part in parts if part))


class ConfigError(TrimtabError):
    """A params file, a suite or a form value is not valid."""

    exit_code = 2  # as for wrong usage: a retry changes nothing


class MissingExtraError(TrimtabError):
    """A command needs an optional dependency that is not installed."""

    exit_code = 2  # as for wrong usage: a retry changes nothing


class ProjectError(TrimtabError):
    """A folder is not a git and DVC project, or DVC refuses it."""


class StageError(TrimtabError):
    """The command of a stage failed, or its files could not be fetched."""


class RemoteError(StageError):
    """A DVC remote cannot be reached, or failed during a transfer."""


class ModelError(TrimtabError):
    """A model file cannot be loaded, or holds a type that is not trusted."""


class GateError(TrimtabError):
    """A gate reached no verdict."""

    exit_code = 3  # differs from that of the verdict fail


class DriftError(TrimtabError):
    """Two windows cannot be compared."""


class ScoringError(TrimtabError):
    """A model cannot score a table."""


class RegistryError(TrimtabError):
    """MLflow refuses a request, or lacks the requested object."""


class RegistryOutageError(RegistryError):
    """MLflow does not answer, or its store loses files: a later try may succeed."""


class ServiceError(TrimtabError):
    """A local server did not start, or a DAG run on it failed."""


def not_utf8(
    err: UnicodeEncodeError, error: type[TrimtabError] = TrimtabError, *, where: str = ""
) -> TrimtabError:
    """Return the error for a name that is not UTF-8, which DVC, git and Arrow cannot encode.

    Args:
        err: The failed encoding.
        error: The class of the error.
        where: The file, stage or key, for the message.
    """
    before, after = err.object[: err.start], err.object[err.start :]
    name = (
        before.rpartition("\n")[2] + after.partition("\n")[0]
    )  # the name may be one line of a settings file
    shown = visible(name.strip())[-LONGEST_NAME:]
    return error(f"The name is not UTF-8: {shown}", where=where, fix="rename it in UTF-8")


def closest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known name that is most similar; empty if none is."""
    match = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{match[0]}'?" if match else ""
