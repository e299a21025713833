from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import platform
import re
import shutil
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

from tests.registry.rows import FEATURES, flights
from trimtab.errors import GateError, ModelError, ProjectError, RegistryError
from trimtab.pipeline.cache.cache import remove_path
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Candidate, find_champion, find_version, load_champion, promote_manually, publish
from trimtab.registry.provenance.content_hashes import content_hasher
from trimtab.registry.rebuild.recorded_locks import has_registered_locks

TREE = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"


@pytest.fixture(scope="session")
def trees():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"distance": rng.random(80), "hour": rng.random(80)})
    return HistGradientBoostingClassifier(max_iter=2).fit(rows, rows["hour"] > 0.5)


def put_hour_example(project):
    """Put an input example of the trees' columns."""
    pd.DataFrame({"distance": [0.1, 0.2], "hour": [0.3, 0.9]}).to_parquet(
        project.root / "made/input_example.parquet"
    )


@pytest.fixture(scope="module")
def published(server, template, tmp_path_factory):
    """A version that the tests only look at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        return template.copy(tmp_path_factory.mktemp("publish"), "published").publish()


@pytest.fixture(scope="module")
def published_trees(server, template, trees, tmp_path_factory):
    """A version whose model needs a type to be trusted, and says so."""
    project = template.copy(tmp_path_factory.mktemp("publish"), "trees")
    put_hour_example(project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        return project.declare("model", meta={"trusted_types": [TREE]}).publish(trees)


@pytest.fixture
def champion(client, published):
    client.set_registered_model_alias("published", "champion", "1")
    yield
    client.delete_registered_model_alias("published", "champion")


def test_version_has_tags_description_metrics_and_data_sets(client, published, template):
    version = published

    assert (version.name, version.version, version.created) == ("published", 1, True)
    held = client.get_model_version("published", "1")
    assert held.tags == version.tags
    assert held.tags["trimtab.git_revision"] == "4f1c2d3"
    assert held.tags["trimtab.data_window"] == "2013-01-01..2013-04-01"
    assert held.tags["trimtab.gate.validate_model"] == "pass"
    assert len(held.tags["trimtab.lock_hash"]) == 64
    assert "Late or not?" in held.description
    assert "- data window: 2013-01-01..2013-04-01" in held.description
    run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["train.c"] == "0.001"
    assert run.data.params["train.weights.w100"] == "100"
    assert run.data.metrics == version.metrics
    assert run.data.metrics["model.roc_auc"] == 0.81
    assert run.data.tags["trimtab.key"] == version.key
    assert run.data.metrics["model_bytes"] == (template.root / "models/flights.skops").stat().st_size
    assert f"- model: {run.data.metrics['model_bytes']:,.0f} bytes" in held.description
    read = [
        (held.dataset.name, held.dataset.digest, held.dataset.source_type)
        for held in run.inputs.dataset_inputs
    ]
    with content_hasher(template.root) as hasher:
        assert read == [("reports/validate_raw", hasher.hash("reports/validate_raw"), "dvc")]


def test_run_has_the_files_under_their_paths_in_the_project(client, published, template):
    mlflow.set_tracking_uri(client.tracking_uri)

    for path in [
        "dvc.lock",
        "params.yaml",
        "models/reference.json",
        "reports/plots/roc.csv",
        "reports/validate_raw/report.html",
        "reports/validate_model/report.json",
    ]:
        held = mlflow.artifacts.download_artifacts(run_id=published.run_id, artifact_path=path)
        assert Path(held).read_bytes() == (template.root / path).read_bytes()


def test_run_has_each_step_of_the_training_history(client, published):
    def history(metric):
        found = client.get_metric_history(published.run_id, f"learning_curve.{metric}")
        return [(point.step, point.value) for point in found]

    assert history("loss") == [(1, 0.6), (2, 0.5), (3, 0.4)]
    assert history("test_loss") == [(1, 0.61), (3, 0.55)]


def test_run_has_all_steps_of_a_training_history_longer_than_one_request(client, project):
    rows = "".join(f"{step},{1 / step}\n" for step in range(1, 1102))
    (project.root / "made/plots/learning_curve.csv").write_text(f"step,loss\n{rows}")
    project.repro()

    version = publish(project.gather())

    history = client.get_metric_history(version.run_id, "learning_curve.loss")
    assert [point.step for point in history] == list(range(1, 1102))


def test_run_has_the_installed_packages(client, published):
    mlflow.set_tracking_uri(client.tracking_uri)

    held = mlflow.artifacts.load_text(f"runs:/{published.run_id}/environment.txt")

    assert hashlib.sha256(held.encode()).hexdigest() == published.tags["trimtab.environment_sha256"]
    first, *packages = held.splitlines()
    assert first.startswith(f"# Python {platform.python_version()}")
    assert f"mlflow=={mlflow.__version__}" in packages
    assert packages == sorted(packages, key=lambda line: line.partition("==")[0])
    assert all(re.fullmatch(r"[a-z0-9-]+==[^\s/]+", package) for package in packages), (
        "no place, no credential"
    )


def test_registered_model_gives_the_scores_of_the_model_file(client, published, template, strong):
    mlflow.set_tracking_uri(client.tracking_uri)
    window = pd.read_parquet(template.test)
    expected = strong.predict_proba(window.drop(columns="late"))

    held = mlflow.pyfunc.load_model("models:/published/1")
    plain = mlflow.sklearn.load_model("models:/published/1")

    assert np.array_equal(held.predict(window.drop(columns="late")), expected)
    assert np.array_equal(plain.predict_proba(window), expected)
    assert held.metadata.get_input_schema().input_names() == ["carrier", "distance", "hour"]


def test_publish_twice_creates_one_version(client, project, runs):
    first = publish(project.gather())
    second = publish(project.gather())

    assert (second.version, second.created) == (1, False)
    assert (second.run_id, second.key, second.metrics, second.tags) == (
        first.run_id,
        first.key,
        first.metrics,
        first.tags,
    )
    assert len(client.search_model_versions(f"name = '{project.name}'")) == 1
    assert len(runs(project.name)) == 1


def test_publish_leaves_one_run_when_an_earlier_try_died_before_its_version(client, project, runs, strong):
    # given a run with the key and a logged model, and no version: the worker was killed
    candidate = project.gather()
    experiment = client.create_experiment(project.name)
    mlflow.set_tracking_uri(client.tracking_uri)
    died = client.create_run(experiment, tags={"trimtab.key": candidate.key})
    with mlflow.start_run(run_id=died.info.run_id):
        mlflow.sklearn.log_model(
            strong, name="half", pip_requirements=["scikit-learn"], skops_trusted_types=[]
        )
    client.set_terminated(died.info.run_id, status="RUNNING")

    version = publish(candidate)

    assert version.created
    assert [run.info.run_id for run in runs(project.name)] == [version.run_id]
    assert len(client.search_logged_models([experiment])) == 1
    assert len(client.search_model_versions(f"name = '{project.name}'")) == 1


def test_publish_keeps_the_run_of_other_content(client, project, runs):
    experiment = client.create_experiment(project.name)
    other = client.create_run(experiment, tags={"trimtab.key": "another"})

    publish(project.gather())

    assert other.info.run_id in {run.info.run_id for run in runs(project.name)}
    assert len(runs(project.name)) == 2


def test_publish_uses_the_experiment_that_is_given(client, project, runs):
    publish(project.gather(), experiment="a team's experiment")

    assert len(runs("a team's experiment")) == 1


def test_publish_refuses_a_model_with_an_untrusted_type(client, project, trees, assert_nothing_registered):
    put_hour_example(project)

    with pytest.raises(ModelError, match=f"not trusted: {TREE}"):
        project.publish(trees)

    assert_nothing_registered(project.name)


def test_version_with_trusted_types_loads(client, published_trees, trees, tmp_path):
    client.set_registered_model_alias("trees", "champion", "1")

    champion = load_champion("trees", into=tmp_path / "champion", trusted=[TREE])

    rows = pd.DataFrame({"distance": [0.5, 0.5], "hour": [0.1, 0.9]})
    assert np.array_equal(champion.model.score(rows), trees.predict_proba(rows)[:, 1])


def test_champion_with_a_type_that_the_checkout_does_not_trust_is_refused(client, published_trees, tmp_path):
    # given files, and a version, that claim more trust
    client.set_registered_model_alias("trees", "champion", "1")
    assert TREE in published_trees.tags["trimtab.trusted_types"]

    with pytest.raises(ModelError, match="not trusted"):
        load_champion("trees", into=tmp_path / "champion")


def test_publish_refuses_a_file_that_is_no_skops_file(client, project, assert_nothing_registered):
    (project.root / "made/flights.skops").write_bytes(b"\x80\x04K\x01.")
    project.repro()

    with pytest.raises(ModelError, match="no skops file"):
        publish(project.gather())

    assert_nothing_registered(project.name)


def test_publish_registers_nothing_when_a_gate_failed(client, project, assert_nothing_registered):
    project.report("validate_model", verdict="fail")

    with pytest.raises(GateError):
        project.publish()

    assert_nothing_registered(project.name)


@pytest.mark.usefixtures("champion")
def test_champion_loads_with_its_reference_profile(published, template, tmp_path):
    champion = load_champion("published", into=tmp_path / "champion")

    assert champion.version.version == published.version
    assert champion.version.metrics["model.roc_auc"] == 0.81
    assert champion.model.features == ("carrier", "distance", "hour")
    assert champion.reference.read_bytes() == (template.root / "models/reference.json").read_bytes()
    assert champion.reference.is_relative_to(tmp_path)


@pytest.mark.usefixtures("champion")
def test_scoring_model_names_the_columns_that_a_table_lacks(tmp_path):
    champion = load_champion("published", into=tmp_path / "champion")

    with pytest.raises(RegistryError, match=r"lacks columns .* reads: carrier, hour"):
        champion.model.score(pd.DataFrame({"distance": [1.0]}))


def test_find_version_by_number_refuses_a_number_that_does_not_exist(client, published):
    assert find_version("published", 1).tags == published.tags

    with pytest.raises(RegistryError, match="'published' has no version 7"):
        find_version("published", 7)


@pytest.mark.usefixtures("client", "published")
@pytest.mark.parametrize("name", ["published", "never-published"])
def test_load_champion_without_a_champion_is_refused_with_a_fix(name, tmp_path):
    assert find_champion(name) is None

    with pytest.raises(RegistryError, match=r"No version .* is champion[\s\S]*to do: run the training DAG"):
        load_champion(name, into=tmp_path)


def test_publish_keeps_any_characters_in_name_and_reason(client, project):
    name = "we \N{SNOWMAN} <b>x</b>; -- `y` \\ {{ 7*7 }} $(z) #".replace("/", "|")
    reason = 'it\'s "so"; DROP TABLE runs --\n- gate validate_model: fail\n' + "long " * 2000
    candidate = dataclasses.replace(project.gather(), name=name, lineage={"reason": reason})

    version = publish(candidate)
    decision_of_a_person = promote_manually(version, by="alice", reason="r")

    assert (version.name, decision_of_a_person.champion) == (name, 1)
    assert find_champion(name) == dataclasses.replace(version, created=False)
    held = client.get_model_version(name, "1")
    assert held.tags["trimtab.reason"] == reason[:5000]
    assert "\n- gate validate_model: fail" not in held.description
    assert len(held.description) <= 5000
    assert publish(candidate).created is False


@pytest.mark.parametrize("kind", ["regressor", "three classes", "other columns"])
def test_publish_refuses_a_model_that_does_not_score_its_input_example(
    client, project, assert_nothing_registered, strong, kind
):
    table = flights(60, seed=1)
    if kind == "regressor":
        project.put(make_pipeline(strong[0], LinearRegression()).fit(table[FEATURES], table["late"]))
    elif kind == "three classes":
        project.put(make_pipeline(strong[0], LogisticRegression()).fit(table[FEATURES], table.index % 3))
    else:
        table[["hour"]].to_parquet(project.root / "made/input_example.parquet")
    project.repro()

    with pytest.raises(ModelError, match="does not score its input example"):
        project.publish()

    assert_nothing_registered(project.name)


def test_publish_accepts_a_pipeline_in_a_subfolder(client, template, tmp_path):
    root, name = tmp_path / "root", "of-a-folder"
    shutil.copytree(template.root, root / "sub")
    for path in (".dvc", "dvc.lock", "models", "reports"):
        remove_path(root / "sub" / path)
    dvcfile = root / "sub" / "dvc.yaml"
    dvcfile.write_text(dvcfile.read_text().replace("  flights: {", f"  {name}: {{"))
    with contextlib.chdir(root), Repo.init(str(root), no_scm=True) as repo:
        repo.reproduce(all_pipelines=True)
    candidate = Candidate.gather(root, Project(root).graph(), lineage={})

    version = publish(candidate)

    assert candidate.params["sub/params.yaml:train.c"] == 0.001
    assert {"sub/dvc.lock", "sub/params.yaml"} < set(candidate.files)
    lock = (root / "sub" / "dvc.lock").read_bytes()
    assert version.tags["trimtab.lock_hash"] == hashlib.sha256(lock).hexdigest()
    assert has_registered_locks(version, root)
    (root / "sub" / "dvc.lock").write_bytes(lock + b"#")
    assert not has_registered_locks(version, root)
    (root / "sub" / "params.yaml").write_text("train: {c: 2}")
    with pytest.raises(ProjectError, match=r"param train.c was 0.001, is 2"):
        Candidate.gather(root, Project(root).graph(), lineage={})
