from __future__ import annotations

import os

import pytest

from trimtab.telemetry import session


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of another test: neither its variables nor what it recorded."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(session, "_current", None)
    monkeypatch.setattr(session, "_failed_pid", 0)
    session._run.set({})
