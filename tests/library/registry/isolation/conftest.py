"""A registered project in git, and data of it that is isolated."""

from __future__ import annotations

import time

import pytest

from trimtab.registry.isolation.isolation_log import EXPERIMENT, IsolationLog


@pytest.fixture
def isolate(client):
    """Return a function that isolates a content. Afterwards nothing is isolated."""

    def append(hash_, **changes):
        given = {"by": "alice", "reason": "wrong labels", **changes}
        return IsolationLog.read(client).append(client, hash_, "isolated", **given)

    yield append
    found = client.get_experiment_by_name(EXPERIMENT)
    if found:
        client.rename_experiment(found.experiment_id, f"{EXPERIMENT}-{time.time_ns()}")
