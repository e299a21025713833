"""The isolation log in MLflow."""

from __future__ import annotations

import time

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.isolation.isolation_log import EXPERIMENT, IsolationLog

HASH, OTHER = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def no_log(client):
    """Start without a log, and leave none."""
    yield
    found = client.get_experiment_by_name(EXPERIMENT)
    if found:
        client.rename_experiment(found.experiment_id, f"{EXPERIMENT}-{time.time_ns()}")


def append(client, hash_, how="isolated", **changes):
    return IsolationLog.read(client).append(client, hash_, how, **{"by": "alice", "reason": "r", **changes})


def test_content_is_isolated_until_it_is_released(client):
    append(client, HASH, reason="labels of May are wrong", versions={"flights": [3, 2]})
    append(client, OTHER)
    append(client, HASH, "released", by="bob", reason="they were right")

    log = IsolationLog.read(client)

    assert list(log.isolated) == [OTHER]
    assert [(entry.how, entry.by) for entry in log.entries] == [
        ("isolated", "alice"),
        ("isolated", "alice"),
        ("released", "bob"),
    ]
    assert log.entries[0].versions == {"flights": [2, 3]}
    assert log.entries[1].previous == log.entries[0].digest


def test_log_that_does_not_exist_has_no_entry_and_is_not_created(client):
    assert IsolationLog.read(client) == IsolationLog()
    assert client.get_experiment_by_name(EXPERIMENT) is None


def test_entry_of_two_writers_at_once_is_appended_after_the_other(client):
    append(client, OTHER)
    before = IsolationLog.read(client)
    append(client, HASH)

    with pytest.raises(RegistryError, match=f"{HASH} is isolated already, by alice"):
        before.append(client, HASH, "isolated", by="bob", reason="r")
    third = before.append(client, "c" * 32, "isolated", by="bob", reason="r")

    assert third.number == 3
    assert len(IsolationLog.read(client).entries) == 3


@pytest.mark.parametrize("reason", ["", " \n", "x" * 1001])
def test_entry_without_a_reason_is_refused_and_nothing_is_written(client, reason):
    with pytest.raises(RegistryError, match="it must have 1 to 1,000"):
        append(client, HASH, reason=reason)
    assert client.get_experiment_by_name(EXPERIMENT) is None


def test_content_that_is_not_isolated_cannot_be_released(client):
    with pytest.raises(RegistryError, match="is not isolated"):
        append(client, HASH, "released")


def test_log_with_a_forged_entry_is_refused(client):
    append(client, HASH)
    run_id = IsolationLog.read(client).run_id
    forged = IsolationLog.read(client).entries[0].model_copy(update={"number": 2, "how": "released"})
    client.log_param(run_id, "000002", forged.text)

    with pytest.raises(RegistryError, match="tampered with: entry 000002 has another hash"):
        IsolationLog.read(client)


def test_log_that_was_deleted_is_refused_instead_of_being_empty(client):
    append(client, HASH)
    client.delete_run(IsolationLog.read(client).run_id)

    with pytest.raises(RegistryError, match="The isolation log was deleted"):
        IsolationLog.read(client)
