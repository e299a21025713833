"""The retention policy of a project."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.registry.retention.retention_policy import RetentionPolicy, read_policy


def test_retention_policy_is_read_from_params_yaml(tmp_path):
    (tmp_path / "params.yaml").write_text("retention: {candidate_days: 7}\n")

    assert read_policy(tmp_path) == RetentionPolicy(candidate_days=7)


def test_retention_policy_with_an_unknown_key_is_refused_with_the_closest_match(tmp_path):
    (tmp_path / "params.yaml").write_text("retention: {candidate_day: 7}\n")

    with pytest.raises(ConfigError, match="did you mean 'candidate_days'"):
        read_policy(tmp_path)
