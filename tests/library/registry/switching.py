"""A registered model without content, and switches of its champion."""

from __future__ import annotations

import pytest

from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion

FACTS = {"how": "promoted", "by": "training/1", "reason": "it is better"}


@pytest.fixture
def model(client, request) -> str:
    """A registered model of three versions without content."""
    name = request.node.name.translate(str.maketrans("_[", "--", "]"))
    client.create_registered_model(name)
    run = client.create_run("0")
    for _ in range(3):
        client.create_model_version(name, source=run.info.artifact_uri, run_id=run.info.run_id)
    return name


def set_champion(client, model: str, version: int, **facts) -> Ledger | None:
    return switch_champion(client, reconcile(client, model), champion=version, **{**FACTS, **facts})


def aliases(client, model) -> dict[str, int]:
    return {name: int(number) for name, number in client.get_registered_model(model).aliases.items()}
