"""DVC's refusals, and the disk's, as errors of this library that carry the reason."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import TrimtabError, not_utf8

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
    """Raise as ``error`` what DVC, the disk, a link or a name refuses; it says where it was.

    Args:
        error: What to raise.
        where: For the message.
        fix: What to do about DVC's.

    Raises:
        TrimtabError: DVC raised an error, a name is not UTF-8, a link dangles, or the disk takes nothing.
    """
    from dvc.exceptions import DvcException

    try:
        yield
    except DvcException as err:
        raise error(f"DVC refuses: {reason(err)}", where=where, fix=fix) from err
    except UnicodeEncodeError as err:
        raise not_utf8(err, error, where=where) from err
    except OSError as err:
        if leads_nowhere(err):
            raise error(
                f"The link leads nowhere: {err.filename} → {Path(err.filename).readlink()}",
                where=where,
                fix="remove the link, or make what it leads to",
            ) from err
        if not is_of_disk(err):
            raise
        raise error(
            f"The disk refuses: {err.strerror}{f': {err.filename}' if err.filename else ''}",
            where=where,
            fix="make room there, or make it writable, and try again; what was half-written does not count",
        ) from err


def leads_nowhere(err: OSError) -> bool:
    """Whether a link was to be followed that dangles, or leads to itself."""
    followed = isinstance(err, FileNotFoundError) or err.errno == errno.ELOOP
    return followed and bool(err.filename) and Path(err.filename).is_symlink()


def is_of_disk(err: BaseException) -> bool:
    """Whether a disk is full, read-only or not ours to write."""
    refused = isinstance(err, PermissionError) and bool(err.filename)  # a remote's has no file
    return refused or (isinstance(err, OSError) and err.errno in _FULL)
