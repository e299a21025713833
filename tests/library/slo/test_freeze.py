"""Whether promotions are frozen; tests/library/cli/test_slo.py freezes and unfreezes a real model."""

from __future__ import annotations

import pytest

from tests.library.slo.evidences import NOW
from trimtab.errors import RegistryError
from trimtab.slo import find_freeze
from trimtab.slo_policy import SloPolicy


def test_project_without_objectives_asks_no_server(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert find_freeze("rides", None, NOW) == ""


def test_objectives_that_cannot_be_measured_are_an_error_and_no_permission(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    objectives = SloPolicy.model_validate({"scores": {"objective": 0.9, "period_windows": 3, "max_hours": 1}})
    with pytest.raises(RegistryError, match="MLFLOW_TRACKING_URI"):
        find_freeze("rides", objectives, NOW)
