from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import shutil

import mlflow
import pytest
from dvc.repo import Repo
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

from tests.library.registry.fixtures import TREE, put_hour_example
from tests.library.registry.rows import FEATURES, flights
from trimtab.errors import GateError, ModelError, ProjectError
from trimtab.pipeline.cache.cache import remove_path
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Candidate, find_champion, promote_manually, publish
from trimtab.registry.loading.recorded_locks import has_registered_locks
from trimtab.registry.signing import SIGNATURE, SIGNING_KEY, STATEMENT, Signer, find_signer


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
def test_publish_refuses_a_model_that_does_not_predict_for_its_input_example(
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

    with pytest.raises(ModelError, match="does not predict for its input example"):
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


def signer(project, pair, monkeypatch, *trusted) -> Signer:
    """The signer with a private key, in a project that trusts it and other public keys."""
    names = []
    for number, each in enumerate((pair, *trusted)):
        names.append(f"{number}.pub")
        shutil.copy(each.public, project.root / names[-1])
    params = project.root / "params.yaml"
    text = params.read_text().partition("signing:")[0]
    params.write_text(f"{text}signing: {{public_keys: [{', '.join(names)}]}}\n")
    monkeypatch.setenv(SIGNING_KEY, str(pair.private))
    found = find_signer(project.root)
    assert found
    return found


def test_publish_with_a_key_registers_one_signed_version_of_a_content(client, project, ours, monkeypatch):
    key = signer(project, ours, monkeypatch)
    first, second = (publish(project.gather(), signer=key) for _ in range(2))
    assert (first.created, second.created, second.version) == (True, False, first.version)
    assert second.tag("signed_by") == key.fingerprint
    model = client.get_model_version(project.name, "1").source
    names = {each.path.rpartition("/")[2] for each in mlflow.artifacts.list_artifacts(model)}
    assert {SIGNATURE, STATEMENT, "MLmodel"} <= names


def test_publish_with_a_key_registers_unsigned_content_again_and_both_versions_stay(
    client, project, runs, ours, monkeypatch
):
    unsigned = publish(project.gather())
    promote_manually(unsigned, by="alice", reason="r")
    signed = publish(project.gather(), signer=signer(project, ours, monkeypatch))
    assert (signed.version, signed.created) == (2, True)
    assert publish(project.gather()).version == unsigned.version, "without a key, the first one counts"
    champion = find_champion(project.name)
    assert champion
    assert champion.version == unsigned.version
    assert {run.info.run_id for run in runs(project.name)} == {unsigned.run_id, signed.run_id}
    assert len(client.search_model_versions(f"name = '{project.name}'")) == 2


def test_content_that_another_trusted_key_signed_is_not_registered_again(
    client, project, ours, theirs, monkeypatch
):
    publish(project.gather(), signer=signer(project, theirs, monkeypatch))
    both = publish(project.gather(), signer=signer(project, ours, monkeypatch, theirs))
    assert (both.version, both.created) == (1, False)
    alone = publish(project.gather(), signer=signer(project, ours, monkeypatch))
    assert (alone.version, alone.created) == (2, True)
