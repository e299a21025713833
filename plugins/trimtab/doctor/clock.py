"""Check the clock against the `Date` header of the servers: S3 refuses requests that are minutes off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

from trimtab.doctor.finding import Finding, Status
from trimtab.escaping import without_credentials
from trimtab.pipeline.cache import remote_endpoints

TIMEOUT = 5.0  # seconds
MUCH, TOO_MUCH = 5.0, 120.0  # seconds; S3 accepts 15 minutes, tokens of Airflow less
AIRFLOW_URL = "TRIMTAB_AIRFLOW_URL"


def check_clock(project: Path) -> Iterator[Finding]:
    """Check the clock against MLflow, Airflow and the endpoints of remotes, as far as they answer.

    Args:
        project: The project's root.

    Raises:
        ProjectError: DVC refuses the project.
    """
    named = {"MLflow": os.environ.get("MLFLOW_TRACKING_URI", ""), "Airflow": os.environ.get(AIRFLOW_URL, "")}
    servers = {**named, **remote_endpoints(project)}
    compared = [
        finding
        for name, address in servers.items()
        if address.startswith(("http://", "https://")) and (finding := _compare(name, address))
    ]
    yield from compared
    if not compared:
        yield Finding("clock", "ok", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, compared with no server")


def _compare(name: str, address: str) -> Finding | None:
    """Compare with the clock of a server; None if it does not answer, which another check reports."""
    if find_spec("httpx") is None:
        return None
    import httpx

    url = urljoin(without_credentials(address), "/")
    before = datetime.now(UTC)
    try:
        headers = httpx.head(url, timeout=TIMEOUT).headers.get_list("Date")  # a proxy may add another one
        after = datetime.now(UTC)
        theirs = parsedate_to_datetime(headers[0]) if headers else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    if theirs is None:
        return None
    theirs = theirs.replace(tzinfo=theirs.tzinfo or UTC)  # a zone of -0000 is UTC too
    # The header has whole seconds, and was written between the request and the answer.
    early, late = (before - theirs).total_seconds() - 1, (after - theirs).total_seconds()
    off = 0.0 if early <= 0 <= late else min(early, late, key=abs)
    status: Status = "error" if abs(off) > TOO_MUCH else "warning" if abs(off) > MUCH else "ok"
    direction = "ahead of" if off > 0 else "behind"
    seen = f"{abs(off):.0f} s {direction} {name}" if abs(off) >= 1 else f"equal to that of {name}"
    return Finding(
        "clock", status, seen, "" if status == "ok" else "synchronize both clocks, with chrony or NTP"
    )
