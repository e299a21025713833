"""Which port a local server listens on."""

from __future__ import annotations

import contextlib
import os
import socket

from trimtab.errors import ServiceError
from trimtab.local.state_folder import HOST


def choose_port(variable: str, last: int) -> int:
    """Return the port an environment variable names; or that of the last time, if it is free; or a free one.

    Links that runs, models and alerts of earlier times hold lead to the port of then.

    Args:
        variable: The environment variable.
        last: The port of the last time, or 0.

    Raises:
        ServiceError: The named port is in use, or no number.
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
            f"Port {wanted} cannot be used: {err}",
            where=f"environment variable {variable}",
            fix="name another port, or unset the variable to take a free one",
        ) from err


def _bound(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        taken: int = probe.getsockname()[1]
        return taken
