"""What is read, from a real MLflow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.library.registry.fixtures import client, database, environment, server  # noqa: F401
from tests.library.registry.switching import model, set_champion  # noqa: F401
from trimtab.errors import RegistryError
from trimtab.registry.ledger import Ledger
from trimtab.registry.promotion import keep_champion
from trimtab.slo.evidence import read_evidence, to_time
from trimtab.slo_policy import SloPolicy

POLICY = SloPolicy.model_validate(
    {
        "fairness": {"objective": 0.9, "period_windows": 3},
        "scores": {"objective": 0.9, "period_windows": 3, "max_hours": 1},
    }
)


def test_evidence_is_what_ledger_drift_log_scores_and_versions_have(client, model):  # noqa: F811
    set_champion(client, model, 1)
    client.set_model_version_tag(model, "2", "trimtab.fairness", "failed")
    client.set_model_version_tag(model, "3", "trimtab.fairness", "passed")
    experiment = client.create_experiment(f"{model}-scores")
    for role, window in (("champion", "2024-01"), ("shadow", "2024-02")):
        tags = {"trimtab.role": role, "trimtab.window": window}
        client.set_terminated(client.create_run(experiment, tags=tags).info.run_id)
    running = {"trimtab.role": "champion", "trimtab.window": "2024-03"}
    client.create_run(experiment, tags=running)

    kept = read_evidence(client, model, POLICY)

    assert (kept.ledger.champion, kept.verdicts, kept.decided_at) == (1, (), None)
    assert (set(kept.scored), kept.unfair) == ({"2024-01"}, {2})
    nothing = read_evidence(client, model, SloPolicy())
    assert (nothing.scored, nothing.unfair) == ({}, frozenset())

    entry = keep_champion(model, by="alice", reason="r")
    assert read_evidence(client, model, POLICY).decided_at == to_time(entry.at)


def test_broken_ledger_is_refused(client, model):  # noqa: F811
    set_champion(client, model, 1)
    client.log_param(Ledger.read(client, model).run_id, "000002", "{}")
    with pytest.raises(RegistryError, match="tampered"):
        read_evidence(client, model, POLICY)


def test_time_without_a_zone_is_utc():
    assert to_time("2024-01-01T00:00:00") == to_time("2024-01-01T01:00:00+01:00")
    assert to_time("2024-01-01T00:00:00") == datetime(2024, 1, 1, tzinfo=UTC)
