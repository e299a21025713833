"""DVC's refusals, and the disk's, as errors of this library that carry the reason."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from trimtab.errors import TrimtabError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def reason(err: BaseException) -> str:
    """Return the messages of an error and of what caused it, one a line."""
    messages: dict[str, None] = {}
    cause: BaseException | None = err
    while cause:
        # A schema is broken in several places at once; DVC prints all of them.
        messages.update(dict.fromkeys(map(str, getattr(cause, "errors", None) or [cause])))
        cause = cause.__cause__
    return "\n".join(messages)


@contextlib.contextmanager
def refusals(error: type[TrimtabError], *, where: str, fix: str = "") -> Iterator[None]:
    """Raise DVC's own errors, and the disk's, as ``error``, which says where it was.

    Args:
        error: What to raise.
        where: For the message.
        fix: What to do about DVC's.

    Raises:
        TrimtabError: DVC raised an error, or the disk takes nothing.
    """
    from dvc.exceptions import DvcException

    try:
        yield
    except DvcException as err:
        raise error(f"DVC refuses: {reason(err)}", where=where, fix=fix) from err
    except OSError as err:
        if not is_of_disk(err):
            raise
        raise error(
            f"The disk refuses: {err.strerror}{f': {err.filename}' if err.filename else ''}",
            where=where,
            fix="make room there, or make it writable, and try again; what was half-written does not count",
        ) from err


def is_of_disk(err: BaseException) -> bool:
    """Whether a disk is full, read-only or not ours to write."""
    refused = isinstance(err, PermissionError) and bool(err.filename)  # a remote's has no file
    return refused or (isinstance(err, OSError) and err.errno in _FULL)
