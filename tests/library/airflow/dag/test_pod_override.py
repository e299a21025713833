"""The pod override of a stage: checked when the DAG is parsed, and in the pod that the executor creates."""

from __future__ import annotations

import sys

import pytest
from ruamel.yaml import YAML

from tests.library.airflow.dag.rendered import with_stages
from trimtab.airflow import DvcDag
from trimtab.airflow.dag.pod_override import make_pod
from trimtab.airflow.dag.task_settings import task_settings
from trimtab.errors import ConfigError
from trimtab.pipeline.graph import Stage

WHERE = "dvc.yaml, stage 'train', meta.airflow"
GPU = """\
metadata:
  labels: {team: flights}
spec:
  nodeSelector: {accelerator: a100}
  tolerations:
    - {key: gpu, operator: Exists, effect: NoSchedule}
  containers:
    - name: base
      image: registry.example.com/flights-gpu:1
      resources:
        requests: {cpu: 2, memory: 4Gi}
        limits: {nvidia.com/gpu: 1, memory: 8Gi}
      envFrom:
        - secretRef: {name: flights-remote}
      volumeMounts:
        - {name: cache, mountPath: /var/lib/dvc}
  volumes:
    - name: cache
      emptyDir: {sizeLimit: 10Gi}
"""


def base(**keys: object) -> dict[str, object]:
    """A pod with Airflow's container."""
    return {"spec": {"containers": [{"name": "base", **keys}]}}


def test_pod_override_without_the_client_is_refused_with_the_extra_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    with pytest.raises(ConfigError, match=r"client is not installed(.|\n)*trimtab\[kubernetes\]"):
        make_pod({}, where=WHERE)


def test_pod_under_the_key_of_airflow_is_refused_with_the_key_to_use():
    for key in ("pod_override", "KubernetesExecutor"):
        stage = Stage("train", ("x",), meta={"airflow": {"executor_config": {key: {"spec": {}}}}})
        with pytest.raises(
            ConfigError, match=rf"takes no '{key}'; write the pod under the key 'pod_override'"
        ):
            task_settings(stage)


class TestWithTheClient:
    @pytest.fixture(autouse=True)
    def client(self):
        pytest.importorskip("kubernetes")

    def test_yaml_becomes_the_objects_of_the_client(self):
        from kubernetes.client import ApiClient, V1Pod

        values = YAML(typ="safe").load(GPU)
        pod = make_pod(values, where=WHERE)
        assert isinstance(pod, V1Pod)
        manifest = ApiClient().sanitize_for_serialization(pod)
        values["spec"]["containers"][0]["resources"] = {
            "requests": {"cpu": "2", "memory": "4Gi"},
            "limits": {"nvidia.com/gpu": "1", "memory": "8Gi"},
        }
        assert manifest == values, "nothing is lost, and only quantities become texts"

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"spek": {}}, r"unknown key 'pod_override.spek'; did you mean 'spec'"),
            (
                base(resource={}),
                r"unknown key 'pod_override.spec.containers.0.resource'; did you mean 'resources'",
            ),
            (
                base(resources={"limits": {"cpu": "2 cores"}}),
                r"limits\.cpu' is '2 cores'.*a quantity such as",
            ),
            (base(resources={"limits": {"cpu": True}}), r"limits\.cpu' is True.*a quantity"),
            (base(resources={"limits": [2]}), r"resources\.limits' is \[2\]"),
            (base(image=3), r"image' is 3, and must be of type str; write it in quotes"),
            (base(env=[{"name": "A", "value": True}]), r"env\.0\.value' is True.*str; write it in quotes"),
            (base(env={"A": "b"}), r"env' is \{'A': 'b'\}, and must be a list"),
            (base(env=[{"value": "b"}]), r"'pod_override.spec.containers.0.env.0': .*`name`"),
            (base(tty="yes"), r"tty' is 'yes', and must be of type bool"),
            (base(args=["sleep"]), r"args' would replace the command with which Airflow starts the task"),
            ({"spec": {"containers": [{"name": "main"}]}}, r"containers' has 'main' first.*calls it 'base'"),
            ({"spec": {"containers": []}}, r"containers' has no container first"),
            ({"spec": {"nodeSelector": {"a": "b"}}}, r"'pod_override.spec': .*`containers`"),
            ({"spec": "big"}, r"'pod_override.spec' is 'big', and must be a mapping"),
            ({"metadata": {1: 2}}, r"'pod_override.metadata' is .*must be a mapping"),
        ],
    )
    def test_invalid_pod_is_refused_with_file_stage_and_key(self, given, message):
        stage = Stage("train", ("x",), meta={"airflow": {"pod_override": given}})
        with pytest.raises(ConfigError, match=message) as refused:
            task_settings(stage)
        assert refused.value.where == WHERE

    @pytest.mark.slow
    def test_pod_of_the_executor_has_the_resources_of_the_stage_and_is_valid(self, project):
        """The way of a pod: dvc.yaml, the DAG in Airflow's database, the executor, Kubernetes."""
        pytest.importorskip("airflow.providers.cncf.kubernetes")
        meta = {"airflow": {"pod_override": YAML(typ="safe").load(GPU)}}
        stages = {name: {"cmd": f"echo > {name}", "outs": [name]} for name in ("train", "report")}
        stages["train"]["meta"] = meta
        dag = DvcDag("d", project=with_stages(project, stages).root)
        train, report = (_pod_of_executor(dag, name) for name in ("train", "report"))
        container, plain = train["spec"]["containers"][0], report["spec"]["containers"][0]
        assert container["resources"]["limits"] == {"nvidia.com/gpu": "1", "memory": "8Gi"}
        assert not plain.get("resources"), "the other stage has those of the template"
        assert container["image"] == "registry.example.com/flights-gpu:1"
        assert container["args"] == plain["args"] == ["execute", "the workload"], "Airflow's command stays"
        assert train["spec"]["restartPolicy"] == "Never", "of the template"
        assert train["spec"]["nodeSelector"] == {"accelerator": "a100"}
        assert train["metadata"]["labels"]["team"] == "flights"
        assert train["metadata"]["labels"]["task_id"] == "train"
        schemas = pytest.importorskip("kubernetes_validate")
        for pod in (train, report):
            schemas.validate(pod, "1.36", strict=True)
        with pytest.raises(schemas.ValidationError, match="'spek' was unexpected"):
            schemas.validate({**train, "spek": {}}, "1.36", strict=True)


def _pod_of_executor(dag: DvcDag, task_id: str) -> dict[str, object]:
    """Render the pod of a task as the executor does, after the DAG went through Airflow's database."""
    from pathlib import Path

    from airflow.providers.cncf.kubernetes import kubernetes_executor_templates
    from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.utils.sqlalchemy import ExecutorConfigType
    from kubernetes.client import ApiClient
    from sqlalchemy.dialects.sqlite import dialect

    stored = DagSerialization.from_dict(DagSerialization.to_dict(dag)).task_dict[task_id]
    column = ExecutorConfigType()
    row = column.bind_processor(dialect())(stored.executor_config)
    config = column.result_processor(dialect(), None)(row)
    template = Path(next(iter(kubernetes_executor_templates.__path__))) / "basic_template.yaml"
    pod = PodGenerator.construct_pod(
        dag_id=dag.dag_id,
        task_id=task_id,
        pod_id=f"{dag.dag_id}-{task_id}",
        try_number=1,
        kube_image="registry.example.com/flights:1",
        date=None,
        args=["execute", "the workload"],
        pod_override_object=PodGenerator.from_obj(config),
        base_worker_pod=PodGenerator.deserialize_model_file(str(template)),
        namespace="airflow",
        scheduler_job_id="1",
        run_id="manual",
    )
    return ApiClient().sanitize_for_serialization(pod)
