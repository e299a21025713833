"""A registered model is loaded only after its files were compared."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.library.registry.attacker import EVIL, Evil, evil_model
from tests.library.registry.loading.conftest import ALTERED, NAME, SCORE, VICTIM, run
from tests.library.registry.rows import FEATURES, flights
from trimtab.errors import ModelError, RegistryError
from trimtab.registry import find_version, promote_manually, publish
from trimtab.registry.loading import ModelTrust
from trimtab.registry.loading.model_loading import load_version


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("input_example.json", b'{"columns": ["carrier"], "data": [["x"]]}'),
        ("requirements.txt", b"evil==1.0\n"),
        ("python_env.yaml", b"dependencies: [evil]\n"),
        ("python_model.pkl", pickle.dumps(Evil())),
        ("code/loader.py", b"open('canary', 'w')\n"),
        ("MLmodel", b"flavors: {python_function: {loader_module: loader, python_model: python_model.pkl}}\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_version_with_an_altered_or_added_model_file_is_refused(attacker, tmp_path, path, content):
    attacker.put(path, content)
    with pytest.raises(RegistryError, match=ALTERED):
        load_version(find_version(NAME, VICTIM), tmp_path / "model", ModelTrust((EVIL,)))


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("artifact_sha256", "0" * 64),
        ("data_until", "2000-01-01"),
        ("git_revision", "--upload-pack=touch canary"),
        ("key", "another"),
        ("lock_hash", "0" * 64),
        ("model_sha256", "0" * 64),
        ("record", "-x"),
        ("reference", "../../../etc/passwd"),
        ("seal", "forged"),
        ("uncommitted", "uncommitted.patch"),
    ],
)
def test_version_with_an_altered_or_added_tag_is_refused_by_the_name_of_the_tag(
    attacker, tmp_path, tag, value
):
    attacker.tag(f"trimtab.{tag}", value)
    with pytest.raises(RegistryError, match="The tags of attacked version 1 differ from those"):
        load_version(find_version(NAME, VICTIM), tmp_path / "model")


def test_version_loads_after_own_tags_and_the_decision_tag_were_changed(attacker, tmp_path):
    attacker.tag("trimtab.decision", "promoted")
    attacker.tag("owner", "alice")
    assert load_version(find_version(NAME, VICTIM), tmp_path / "model").features == tuple(FEATURES)


def test_altered_tag_is_named_when_the_run_has_the_original(attacker, client, tmp_path):
    attacker.tag("trimtab.key", "another")
    client.set_tag(find_version(NAME, VICTIM).run_id, "trimtab.key", "whatever")
    with pytest.raises(RegistryError, match=r"registered with: trimtab\.key"):
        load_version(find_version(NAME, VICTIM), tmp_path / "model")


def test_version_of_an_attacker_executes_no_type_that_the_checkout_does_not_trust(
    client, attacker, tmp_path, world
):
    """Whoever may write can register a version of their own, whole and sealed."""
    foreign = world.copy(tmp_path / "other", "foreign").declare("model", meta={"trusted_types": [EVIL]})
    (foreign.root / "made" / "flights.skops").write_bytes(evil_model())
    flights(5, seed=2)[FEATURES[1:]].to_parquet(foreign.root / "made" / "input_example.parquet")
    foreign.repro()
    version = publish(foreign.gather())
    Path(tmp_path / "canary").unlink()  # the attacker's own machine

    for refuse in (
        lambda: load_version(version, tmp_path / "model"),
        lambda: promote_manually(version, by="alice", reason="r"),
    ):
        with pytest.raises(ModelError, match=f"not trusted: {EVIL}"):
            refuse()
    assert f"not trusted: {EVIL}" in run(*SCORE, str(tmp_path / "s.parquet"), "--model", "models:/foreign/1")


def test_version_without_a_seal_is_refused_with_a_fix(client, attacker, tmp_path):
    run = client.create_run("0").info
    client.create_registered_model("unsealed")
    source, tags = f"{run.artifact_uri}/model", {"trimtab.key": "k"}
    client.create_model_version("unsealed", source, run.run_id, tags=tags)
    with pytest.raises(RegistryError, match=r"has no seal[\s\S]*publish the same content again"):
        load_version(find_version("unsealed", 1), tmp_path / "model")
