"""The limits of a repository, and the false alarms of 200 models that keep to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trimtab.config import load_params
from trimtab.drift.policy.significance_level import SignificanceLevel
from trimtab.errors import ConfigError
from trimtab.params_sections import DriftPolicy
from trimtab.repository_settings import DriftLimits, RepositorySettings, load_repository_settings

MODELS, ROUNDS, OTHER_TESTS = 200, 4000, 5


def test_repository_without_the_file_has_no_limits(tmp_path: Path) -> None:
    assert load_repository_settings(tmp_path) == load_repository_settings(None) == RepositorySettings()
    assert DriftLimits().false_alarm_rate(0.05, MODELS) == 0.05


def test_limits_are_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "trimtab.yaml").write_text(
        "drift: {false_alarm_share: 0.05, retrains: 20, retrain_days: 3}\n"
    )
    expected = DriftLimits(false_alarm_share=0.05, retrains=20, retrain_days=3)
    assert load_repository_settings(tmp_path).drift == expected


@pytest.mark.parametrize(
    "text",
    ["drift: {retrain: 3}", "drifts: {}", "drift: {false_alarm_share: 2}", "drift: {retrains: -1}", "["],
)
def test_limits_that_are_not_valid_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "trimtab.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_repository_settings(tmp_path)
    assert "trimtab.yaml" in refused.value.where


def test_environments_are_read_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "trimtab.yaml").write_text(
        "environments: {prod: {mlflow: 'https://mlflow.example.com/', remote: store}}\n"
    )
    settings = load_repository_settings(tmp_path)

    assert settings.environment("prod").mlflow == "https://mlflow.example.com"
    assert settings.environment("prod").remote == "store"
    with pytest.raises(ConfigError, match="There is no environment 'prd'; did you mean 'prod'"):
        settings.environment("prd")


@pytest.mark.parametrize(
    "address",
    ["https://alice:secret@mlflow.example.com", "https://secret@h", "mlflow.example.com", "https://"],
)
def test_address_of_an_environment_with_credentials_or_without_a_scheme_is_refused(
    tmp_path: Path, address: str
) -> None:
    (tmp_path / "trimtab.yaml").write_text(f"environments: {{prod: {{mlflow: '{address}', remote: prod}}}}\n")

    with pytest.raises(ConfigError) as refused:
        load_repository_settings(tmp_path)

    assert "environments.prod.mlflow" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_share_of_zero_is_the_procedure_of_bonferroni() -> None:
    assert DriftLimits(false_alarm_share=0).false_alarm_rate(0.05, MODELS) == pytest.approx(0.05 / MODELS)
    assert DriftLimits(false_alarm_share=0).false_alarm_rate(0.05, 1) == 0.05


def test_share_that_is_a_whole_number_of_models_is_not_lost_to_rounding() -> None:
    limits = DriftLimits(false_alarm_share=0.29)
    assert limits.false_alarm_rate(0.05, 100) == pytest.approx(0.05 * 30 / 100)


def too_many(alarms: np.ndarray, share: float) -> float:
    """Return the share of the rounds in which more models raise an alarm than they may."""
    return float(np.mean(alarms.sum(axis=1) > share * MODELS))


def false_alarms(rate: float, *, shared: float) -> np.ndarray:
    """Simulate rounds without drift; ``shared`` is the part of them in which all models see the same data.

    Returns:
        Whether a model raises an alarm: ndarray of shape (ROUNDS, MODELS).
    """
    level = SignificanceLevel.share(DriftPolicy(false_alarm_rate=rate), OTHER_TESTS)
    levels = np.array([level.of_drop, *[level.of_others] * OTHER_TESTS])
    random = np.random.default_rng(0)
    alarms = np.empty((ROUNDS, MODELS), dtype=bool)
    for number in range(ROUNDS):
        rows = 1 if random.random() < shared else MODELS
        alarms[number] = (random.random((rows, len(levels))) <= levels).any(axis=1)
    return alarms


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("shared", [0.0, 0.5, 1.0], ids=["independent", "half", "same data"])
def test_200_models_without_drift_raise_no_more_alarms_than_their_share(share: float, shared: float) -> None:
    own = DriftPolicy().false_alarm_rate
    rate = DriftLimits(false_alarm_share=share).false_alarm_rate(own, MODELS)

    alarms = false_alarms(rate, shared=shared)

    error = np.sqrt(own / ROUNDS)  # of the simulation, at most
    assert too_many(alarms, share) <= own + 3 * error
    assert alarms.mean() <= own * (share + 1 / MODELS) + 3 * error


def test_200_models_without_limits_raise_more_alarms_than_a_small_share() -> None:
    assert too_many(false_alarms(DriftPolicy().false_alarm_rate, shared=0), 0.01) > 0.9


def test_drift_policy_of_this_project_is_the_one_that_is_lowered() -> None:
    policy = load_params(DriftPolicy, "drift", Path(__file__).parents[2] / "params.yaml")
    lowered = DriftLimits(false_alarm_share=0.05).false_alarm_rate(policy.false_alarm_rate, MODELS)
    assert lowered == pytest.approx(policy.false_alarm_rate * 11 / 200)
