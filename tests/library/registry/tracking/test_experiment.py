"""The experiments that the registry writes into."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from trimtab.registry.tracking.experiment import ensure_experiment


def test_experiment_is_created_once(client):
    name = f"experiment-{uuid.uuid4().hex}"

    created = ensure_experiment(client, name)

    assert ensure_experiment(client, name) == created
    assert client.get_experiment_by_name(name).experiment_id == created


def test_experiment_has_one_id_for_several_writers_at_once(client):
    name, start = f"experiment-{uuid.uuid4().hex}", Barrier(3)

    def create(_: int) -> str:
        start.wait()
        return ensure_experiment(client, name)

    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(create, range(3)))

    assert found == {client.get_experiment_by_name(name).experiment_id}
