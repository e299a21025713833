"""The report on a comparison, logged to the challenger."""

from __future__ import annotations

import json

import mlflow

from tests.library.registry.fixtures import STRONG, WEAK
from trimtab.registry.ledger.ledger import Ledger

NAME = "contenders"


def test_comparison_report_is_logged_to_the_challengers_run(client, contenders, contest, crown):
    crown(WEAK)
    contest(STRONG)

    run_id = contenders[STRONG].run_id
    held = mlflow.artifacts.load_text(f"runs:/{run_id}/comparison/comparison.json")
    entry = Ledger.read(client, NAME).last
    assert json.loads(held)["verdict"] == "better"
    assert json.loads(held)["champion"] == WEAK
    assert entry.comparison["run_id"] == run_id
    assert "version 2 is better than version 1" in mlflow.artifacts.load_text(
        f"runs:/{run_id}/comparison/report.html"
    )
