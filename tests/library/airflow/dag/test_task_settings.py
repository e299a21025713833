"""``meta.airflow`` of a stage."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest

from trimtab.airflow.dag.task_settings import task_settings
from trimtab.errors import ConfigError
from trimtab.pipeline.graph import Stage


def settings(name="train", **given):
    return task_settings(Stage(name, ("x",), meta={"airflow": given}))


def test_stage_without_settings_has_no_arguments():
    assert task_settings(Stage("train", ("x",), meta={"owner": "me"})) == {}
    assert settings() == {}


def test_every_setting_is_an_argument_of_the_operator():
    given = {
        "retries": 3,
        "pool": "gpu",
        "pool_slots": 2,
        "queue": "big",
        "priority_weight": 7,
        "trigger_rule": "all_done",
        "executor_config": {"pod_template_file": "/templates/gpu.yaml"},
        "executor": "LocalExecutor",
    }
    assert settings(**given) == given


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(90, 90), (0.5, 0.5), ("30m", 1800), ("1h 30m", 5400), ("2d", 172800), ("45 s", 45), ("PT5M", 300)],
)
def test_duration_is_a_number_of_seconds_or_a_text(value, seconds):
    assert settings(retry_delay=value) == {"retry_delay": timedelta(seconds=seconds)}
    assert settings(execution_timeout=value) == {"execution_timeout": timedelta(seconds=seconds)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"retris": 3}, "unknown key 'retris'; did you mean 'retries'"),
        ({"retries": "3"}, "'retries' is '3'"),
        ({"retries": True}, "'retries' is True"),
        ({"retries": -1}, "'retries' is -1"),
        ({"pool_slots": 0}, "'pool_slots' is 0"),
        ({"retry_delay": "soon"}, "'retry_delay' is 'soon'.*such as 1h 30m"),
        ({"retry_delay": -1}, "'retry_delay' is -1"),
        ({"retry_delay": True}, "'retry_delay' is True"),
        ({"retry_delay": [1]}, "'retry_delay' is"),
        ({"retry_delay": float("inf")}, "'retry_delay' is inf"),
        ({"retry_delay": "PT"}, "'retry_delay' is 'PT'"),
        ({"execution_timeout": 0}, "'execution_timeout' is 0"),
        ({"trigger_rule": "none_faild"}, "did you mean 'none_failed'"),
        ({"executor_config": []}, "'executor_config' is"),
        ({"executor": ""}, "'executor' is ''"),
        ({"executor": ["a"]}, "'executor' is"),
        ({"pod_override": "big"}, "'pod_override' is 'big'"),
    ],
)
def test_invalid_setting_is_refused_with_its_key(given, message):
    with pytest.raises(ConfigError, match=message):
        settings(**given)


def test_executor_is_one_that_airflow_has(monkeypatch):
    known = ["LocalExecutor", "KubernetesExecutor", "big", "shop.executors.BigExecutor"]
    monkeypatch.setattr("trimtab.airflow.dag.task_settings.configured_executors", lambda: known)
    assert settings(executor="big") == {"executor": "big"}
    with pytest.raises(ConfigError, match="no such executor; did you mean 'KubernetesExecutor'") as refused:
        settings(executor="KubernetsExecutor")
    assert refused.value.where == "dvc.yaml, stage 'train', meta.airflow"
    assert "`[core] executor`" in refused.value.fix


@pytest.mark.parametrize("variable", ["TRIMTAB_ONE_EXECUTOR", "AIRFLOW_IS_K8S_EXECUTOR_POD"])
def test_executor_of_the_cluster_is_left_out_where_one_executor_runs_everything(monkeypatch, variable):
    """Airflow's pod template has the LocalExecutor, so Airflow would refuse the DAG in the pod."""
    monkeypatch.setenv(variable, "True")
    assert settings(executor="KubernetesExecutor", retries=1) == {"retries": 1}


def test_pod_is_not_checked_where_one_executor_runs_everything_and_the_client_is_missing(monkeypatch):
    monkeypatch.setenv("TRIMTAB_ONE_EXECUTOR", "true")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert settings(pod_override={"spec": {}}) == {}


def test_pod_of_a_task_does_not_import_the_client(monkeypatch):
    monkeypatch.setenv("AIRFLOW_IS_K8S_EXECUTOR_POD", "True")
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    assert settings(pod_override={"spec": {}}) == {}


def test_error_of_a_setting_names_file_and_stage():
    with pytest.raises(ConfigError, match=r"sub/dvc\.yaml, stage 'train@a:b', meta\.airflow"):
        settings("sub/dvc.yaml:train@a:b", x=1)
    with pytest.raises(ConfigError, match=r"dvc\.yaml, stage 'train', meta\.airflow"):
        task_settings(Stage("train", ("x",), meta={"airflow": "3 retries"}))
