"""Errors of DVC and of the disk, raised as errors of this library with their reason."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import TrimtabError, not_utf8

_DISK_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def reason(err: BaseException) -> str:
    """Return the messages of an error and its causes, each on a line of its own."""
    messages: dict[str, None] = {}
    cause: BaseException | None = err
    while cause:
        # A schema error of DVC is a list of errors.
        messages.update(dict.fromkeys(map(str, getattr(cause, "errors", None) or [cause])))
        cause = cause.__cause__
    return "\n".join(messages)


@contextlib.contextmanager
def refusals(error: type[TrimtabError], *, where: str, fix: str = "") -> Iterator[None]:
    """Raise errors of DVC, of the disk, of dangling links and of names that are not UTF-8 as ``error``.

    Args:
        error: The class to raise.
        where: Place in the error message.
        fix: What to do about an error of DVC.

    Raises:
        TrimtabError: DVC raised an error, a name is not UTF-8, a link dangles, or the disk is full or
            read-only.
    """
    from dvc.exceptions import DvcException

    try:
        yield
    except DvcException as err:
        raise error(f"DVC refuses: {reason(err)}", where=where, fix=fix) from err
    except UnicodeEncodeError as err:
        raise not_utf8(err, error, where=where) from err
    except OSError as err:
        if is_dangling_link(err):
            raise error(
                f"The link leads nowhere: {err.filename} → {Path(err.filename).readlink()}",
                where=where,
                fix="remove the link, or create its target",
            ) from err
        if not is_disk_error(err):
            raise
        raise error(
            f"The disk refuses: {err.strerror}{f': {err.filename}' if err.filename else ''}",
            where=where,
            fix="free space there, or make it writable, and try again; incomplete files are not used",
        ) from err


def is_dangling_link(err: OSError) -> bool:
    """Whether the error is about a link whose target does not exist, or is the link itself."""
    followed = isinstance(err, FileNotFoundError) or err.errno == errno.ELOOP
    return followed and bool(err.filename) and Path(err.filename).is_symlink()


def is_disk_error(err: BaseException) -> bool:
    """Whether the disk is full or read-only, or a file on it may not be written."""
    denied = isinstance(err, PermissionError) and bool(err.filename)  # a remote's error has no file
    return denied or (isinstance(err, OSError) and err.errno in _DISK_ERRNOS)
