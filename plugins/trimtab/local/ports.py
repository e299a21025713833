"""The port of a local server."""

from __future__ import annotations

import contextlib
import os
import socket

from trimtab.errors import ServiceError
from trimtab.local.state_folder import HOST


def choose_port(variable: str, last: int) -> int:
    """Return the port an environment variable names, else the last port if it is free, else a free port.

    The last port comes first because the links in earlier runs, models and alerts lead to it.

    Args:
        variable: The environment variable.
        last: The port of the last start, or 0.

    Raises:
        ServiceError: The named port is in use, or is not a number.
    """
    wanted = os.environ.get(variable)
    if wanted is None:
        with contextlib.suppress(OSError):
            return _bound(last)
        return _bound(0)
    try:
        return _bound(int(wanted))
    except (OSError, ValueError, OverflowError) as err:
        raise ServiceError(
            f"The port cannot be used: {wanted}, {err}",
            where=f"environment variable {variable}",
            fix="name another port, or unset the variable to use a free one",
        ) from err


def _bound(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        taken: int = probe.getsockname()[1]
        return taken
