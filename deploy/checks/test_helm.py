"""The values for Airflow's chart, rendered by Helm with the chart itself.

The chart is not in this repository. AIRFLOW_CHART names its archive, which `helm pull airflow --repo
https://airflow.apache.org --version VERSION` downloads. Without it, only the values themselves are checked.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml
from conftest import DEPLOY, documents, pod_specs, runs_as_root, settings, validate

HELM = DEPLOY / "helm"
TEXT = (HELM / "values.yaml").read_text()
VERSION = re.search(r"--version (\S+)", TEXT)[1]
CHART = os.environ.get("AIRFLOW_CHART", "")
needs_chart = pytest.mark.skipif(not CHART, reason=f"AIRFLOW_CHART names no archive of the chart {VERSION}")


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Merge values as Helm merges two files of them."""
    result = dict(first)
    for key, value in second.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


VALUES = merged(yaml.safe_load(TEXT), yaml.safe_load((HELM / "project.yaml").read_text()))


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    """What Helm sends to Kubernetes, with the pod template of the KubernetesExecutor."""
    with helm_python.Chart.load(str(Path(CHART).resolve())) as chart:
        assert (chart.name, chart.version) == ("airflow", VERSION)
        chart.validate_schema(VALUES)
        rendered = chart.render(VALUES, name="airflow", namespace="trimtab")
    found = [one for name, text in rendered.items() if name.endswith(".yaml") for one in documents(text)]
    (config,) = (one for one in found if one["kind"] == "ConfigMap" and "airflow.cfg" in one["data"])
    return [*found, yaml.safe_load(config["data"]["pod_template_file.yaml"])]


def test_values_of_the_project_and_of_the_template_are_in_one_file_each():
    template, project = yaml.safe_load(TEXT), yaml.safe_load((HELM / "project.yaml").read_text())

    def leaves(values: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
        if not isinstance(values, dict) or not values:
            return {path}
        return set().union(*(leaves(value, (*path, key)) for key, value in values.items()))

    assert leaves(template).isdisjoint(leaves(project))


def test_image_is_the_one_of_mlflow():
    (image,) = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())["images"]
    assert (image["newName"], image["newTag"]) == (
        VALUES["defaultAirflowRepository"],
        VALUES["defaultAirflowTag"],
    )


@needs_chart
def test_manifests_are_valid_by_the_schemas_of_kubernetes(manifests):
    assert {"Deployment", "StatefulSet", "Pod", "ConfigMap", "ScaledObject"} <= {
        one["kind"] for one in manifests
    }
    validate(manifests, custom=("ScaledObject",))


@needs_chart
def test_no_pod_runs_as_root(manifests):
    pods = dict(pod_specs(manifests))
    assert {"airflow-scheduler", "airflow-worker", "airflow-worker-train", "airflow-redis"} <= set(pods)
    assert [name for name, pod in pods.items() if runs_as_root(pod)] == []


@needs_chart
def test_every_container_of_airflow_has_our_image_and_the_settings(manifests):
    for name, pod in pod_specs(manifests):
        for container in (*pod["containers"], *(pod.get("initContainers") or [])):
            if name != "airflow-redis":
                assert container["image"] == "{defaultAirflowRepository}:{defaultAirflowTag}".format(**VALUES)
                assert {"configMapRef": {"name": "trimtab-settings"}} in container["envFrom"]


@needs_chart
def test_no_manifest_has_a_secret_and_no_setting_is_given_twice(manifests):
    assert [one["metadata"]["name"] for one in manifests if one["kind"] == "Secret"] == []
    for _, pod in pod_specs(manifests):
        for container in pod["containers"]:
            assert settings().keys().isdisjoint(variable["name"] for variable in container.get("env", []))


@needs_chart
def test_no_job_makes_an_administrator_with_a_known_password(manifests):
    assert [one["metadata"]["name"] for one in manifests if one["kind"] == "Job"] == [
        "airflow-run-airflow-migrations"
    ]


@needs_chart
def test_each_queue_has_workers_that_scale_with_its_tasks(manifests):
    queries = [
        one["spec"]["triggers"][0]["metadata"]["query"] for one in manifests if one["kind"] == "ScaledObject"
    ]
    assert [re.search(r"queue IN \('(\w+)'\)", query)[1] for query in queries] == ["default", "train"]


@needs_chart
def test_workers_and_pods_of_the_kubernetes_executor_share_the_cache_of_their_node(manifests):
    pods = dict(pod_specs(manifests))
    with_cache = {
        name for name, pod in pods.items() if any(v.get("hostPath") for v in pod.get("volumes") or [])
    }
    assert with_cache == {"airflow-worker", "airflow-worker-train", "placeholder-name"}


@needs_chart
def test_bundle_keeps_the_history_that_a_revision_is_pinned_by(manifests):
    (config,) = (one for one in manifests if one["kind"] == "ConfigMap" and "airflow.cfg" in one["data"])
    (bundle,) = json.loads(re.search(r"dag_bundle_config_list = (.*)", config["data"]["airflow.cfg"])[1])
    assert bundle["kwargs"]["prune_dotgit_folder"] is False


@needs_chart
def test_role_of_tasks_trusts_the_service_accounts_that_the_chart_makes(manifests):
    trusted = re.search(
        r"tasks = \{\s+service_accounts = (\[.*?\])", (DEPLOY / "terraform" / "roles.tf").read_text(), re.S
    )[1]
    patterns = [account.replace("*", ".*") for account in json.loads(trusted)]
    accounts = {
        one["metadata"]["name"]
        for one in manifests
        if one["kind"] == "ServiceAccount" and one["metadata"].get("annotations")
    }
    assert accounts
    assert all(any(re.fullmatch(pattern, name) for pattern in patterns) for name in accounts)
    assert all(any(re.fullmatch(pattern, name) for name in accounts) for pattern in patterns)
