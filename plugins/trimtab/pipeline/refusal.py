"""DVC's refusals, as errors of this library that carry DVC's own reason."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from trimtab.errors import TrimtabError


def reason(err: BaseException) -> str:
    """Return the messages of an error and of what caused it, one a line."""
    messages: dict[str, None] = {}
    cause: BaseException | None = err
    while cause:
        messages[str(cause)] = None
        cause = cause.__cause__
    return "\n".join(messages)


@contextlib.contextmanager
def refusals(error: type[TrimtabError], *, where: str) -> Iterator[None]:
    """Raise DVC's own errors as ``error``, which says where it was.

    Raises:
        TrimtabError: DVC raised an error.
    """
    from dvc.exceptions import DvcException

    try:
        yield
    except DvcException as err:
        raise error(f"DVC refuses: {reason(err)}", where=where) from err
