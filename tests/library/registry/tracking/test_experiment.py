"""The experiments that the registry writes into."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from trimtab.registry.tracking.experiment import ensure_experiment
from trimtab.registry.tracking.mlflow_compat import DESCRIPTION_TAG

ABOUT = "Each run is one try."


def test_experiment_is_created_once(client):
    name = f"experiment-{uuid.uuid4().hex}"

    created = ensure_experiment(client, name, ABOUT)

    assert ensure_experiment(client, name, ABOUT) == created
    assert client.get_experiment_by_name(name).experiment_id == created
    assert client.get_experiment(created).tags[DESCRIPTION_TAG] == ABOUT


def test_experiment_of_an_earlier_release_gets_a_description(client):
    name = f"experiment-{uuid.uuid4().hex}"
    earlier = client.create_experiment(name)

    assert ensure_experiment(client, name, ABOUT) == earlier
    assert client.get_experiment(earlier).tags[DESCRIPTION_TAG] == ABOUT


def test_description_that_a_person_wrote_is_kept(client):
    name = f"experiment-{uuid.uuid4().hex}"
    client.set_experiment_tag(client.create_experiment(name), DESCRIPTION_TAG, "ours")

    ensure_experiment(client, name, ABOUT)

    assert client.get_experiment_by_name(name).tags[DESCRIPTION_TAG] == "ours"


def test_experiment_has_one_id_for_several_writers_at_once(client):
    name, start = f"experiment-{uuid.uuid4().hex}", Barrier(3)

    def create(_: int) -> str:
        start.wait()
        return ensure_experiment(client, name, ABOUT)

    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(create, range(3)))

    assert found == {client.get_experiment_by_name(name).experiment_id}
