"""The run and the experiment that store a ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.library.registry.switching import set_champion
from trimtab.errors import RegistryError
from trimtab.registry.ledger.ledger_storage import create_ledger_run, find_ledger_run, ledger_name
from trimtab.registry.promotion.champion_switch import reconcile


def experiment(client, model) -> str:
    return client.get_experiment_by_name(ledger_name(model)).experiment_id


def test_reconcile_refuses_a_ledger_that_was_deleted(client, model):
    set_champion(client, model, 1)
    client.delete_experiment(experiment(client, model))

    with pytest.raises(RegistryError, match=r"was deleted[\s\S]*mlflow experiments restore"):
        reconcile(client, model)


def test_ledger_run_is_found_once_it_was_created(client, model):
    assert find_ledger_run(client, model) == ""

    run_id = create_ledger_run(client, model)

    assert find_ledger_run(client, model) == run_id
    assert client.get_run(run_id).data.tags["trimtab.ledger"] == model


def test_ledger_run_is_the_same_for_several_writers_at_once(client, model):
    start = Barrier(3)

    def create(_: int) -> str:
        start.wait()
        return create_ledger_run(client, model)

    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(create, range(3)))

    assert found == {find_ledger_run(client, model)}


def test_ledger_is_refused_when_its_experiment_has_another_run(client, model):
    create_ledger_run(client, model)
    client.create_run(experiment(client, model))

    with pytest.raises(RegistryError, match=r"its experiment has other runs[\s\S]*2 runs"):
        find_ledger_run(client, model)
