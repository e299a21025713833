"""The error of an input that a gate cannot check, with the verdict that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from trimtab.errors import GateError, not_utf8

SHOWN = 10


class GateInputError(GateError):
    """An input of a gate that cannot be checked: a table, a model or a metrics file.

    Args:
        verdict: ``fail`` if the input was read and is wrong, ``error`` if it cannot be read.
        what: What is wrong, in one or several lines.
    """

    def __init__(self, verdict: Literal["fail", "error"], what: str, *, where: str, fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.verdict = verdict


@contextmanager
def report_damage(name: str, path: Path, what: str) -> Iterator[None]:
    """Raise an error of Arrow as a GateInputError, with the name that the report gives the file."""
    import pyarrow as pa

    try:
        yield
    except UnicodeEncodeError as err:
        told = not_utf8(err)
        raise GateInputError("error", told.what, where=name, fix=told.fix) from err
    except (pa.ArrowException, OSError) as err:
        reason = str(err).strip().splitlines()[0].replace(str(path), name)
        raise GateInputError("error", f"{what}: {reason}", where=name, fix="write the file again") from err


def require_rows(rows: Mapping[str, int]) -> None:
    """Refuse files without rows, given the number of rows of each file."""
    empty = [name for name, count in rows.items() if not count]
    if empty:
        raise GateInputError(
            "fail", "There are no rows", where=first_names(empty), fix="find out why nothing came"
        )


def first_names(names: Sequence[str]) -> str:
    """Return the first ten names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
