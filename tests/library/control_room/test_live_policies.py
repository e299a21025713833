"""The policies of a checkout that the live part judges by."""

from __future__ import annotations

import pytest

from trimtab.control_room import LivePolicies
from trimtab.errors import ConfigError


def test_policies_of_a_project_are_those_of_its_params_file(tmp_path):
    (tmp_path / "params.yaml").write_text("drift: {budget: 3}\nrecovery: {drill_days: 7}\n")

    policies = LivePolicies.read(tmp_path)

    assert policies.drift is not None
    assert (policies.drift.budget, policies.recovery.drill_days, policies.objectives) == (3, 7, None)


def test_policies_outside_of_a_project_are_not_known(tmp_path):
    assert LivePolicies.read(tmp_path) == LivePolicies()


def test_policies_with_an_unknown_key_are_refused(tmp_path):
    (tmp_path / "params.yaml").write_text("recovery: {drill_day: 7}\n")

    with pytest.raises(ConfigError, match="drill_days"):
        LivePolicies.read(tmp_path)
