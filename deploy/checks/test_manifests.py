"""MLflow's manifests and the settings, built by kustomize."""

from __future__ import annotations

from conftest import DEPLOY, documents, pod_specs, run, runs_as_root, settings, validate


def built():
    done = run("kubectl", "kustomize", DEPLOY)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def test_manifests_are_valid_by_the_schemas_of_kubernetes():
    manifests = built()
    assert {"Deployment", "Service", "ServiceAccount", "ConfigMap"} <= {one["kind"] for one in manifests}
    validate(manifests)


def test_no_pod_runs_as_root_and_none_writes_to_its_image():
    pods = dict(pod_specs(built()))
    assert set(pods) == {"mlflow"}
    assert not runs_as_root(pods["mlflow"])
    assert all(one["securityContext"]["readOnlyRootFilesystem"] for one in pods["mlflow"]["containers"])


def test_settings_of_the_cluster_are_those_of_the_file():
    (made,) = (one for one in built() if one["metadata"]["name"] == "trimtab-settings")
    assert made["data"] == settings()


def test_mlflow_asks_for_a_password_and_answers_to_its_names_only():
    (pod,) = (pod for _, pod in pod_specs(built()))
    (container,) = pod["containers"]
    assert "--app-name trimtab-auth" in " ".join(container["args"])
    (names,) = (one["data"] for one in built() if one["metadata"]["name"] == "trimtab-mlflow")
    assert "mlflow:5000" in names["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")
    assert {"configMapRef": {"name": "trimtab-mlflow"}} in container["envFrom"]


def test_no_secret_is_in_a_manifest():
    assert [one["metadata"]["name"] for one in built() if one["kind"] == "Secret"] == []
    for _, pod in pod_specs(built()):
        for variable in pod["containers"][0]["env"]:
            assert "secretKeyRef" in variable.get("valueFrom", {}) or variable["value"].startswith("/")
