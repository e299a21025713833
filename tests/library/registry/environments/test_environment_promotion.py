"""Promote a version from one MLflow store and DVC remote to another."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest

from tests.library.registry.environments.conftest import git, refuse
from tests.library.registry.fixtures import Made
from trimtab.errors import RegistryError, RegistryOutageError, RemoteError
from trimtab.pipeline.graph import Project
from trimtab.registry import find_version, roll_back
from trimtab.registry.environments import environment_promotion
from trimtab.registry.environments.environment_promotion import _contains
from trimtab.registry.isolation import IsolationLog
from trimtab.registry.promotion import publish_checkout
from trimtab.registry.publishing import candidate
from trimtab.registry.signing import SIGNING_KEY


def test_promotion_makes_the_version_champion_in_the_other_registry_with_its_source(environments):
    done = environments.promote()

    (entry,), (version,) = environments.entries(), environments.versions()
    assert (entry.champion, entry.by, entry.reason, entry.person) == (1, "bob", "release", True)
    assert entry.source == {
        "registry": environments.dev,
        "version": 1,
        "commit": git("rev-parse", "HEAD"),
        "approver": "alice",
    }
    own = find_version(environments.project.name, 1)
    assert (version.key, version.tag("model_sha256")) == (own.key, own.tag("model_sha256"))
    assert version.tag("promoted_from") == f"{environments.dev}: {own}"
    assert version.seal != own.seal
    assert done.promoted
    assert done.copy.copied == done.copy.checked == len(environments.objects())
    assert "predictions on the test window (300 rows)" in done.compared
    assert os.environ["MLFLOW_TRACKING_URI"] == environments.dev


def test_second_promotion_of_the_same_version_changes_nothing(environments):
    environments.promote()
    before = environments.entries(), environments.versions(), environments.objects()

    again = environments.promote()

    assert (environments.entries(), environments.versions(), environments.objects()) == before
    assert (again.promoted, again.copy.copied) == (False, 0)


@pytest.mark.parametrize("step", ["copy_to_remote", "publish", "_compare", "_switch", "switch_champion"])
def test_promotion_that_fails_half_way_is_completed_by_a_retry(environments, step, monkeypatch):
    real = getattr(environment_promotion, step)

    def fail_after(*args, **kwargs):
        real(*args, **kwargs)
        raise RegistryOutageError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(environment_promotion, step, fail_after)
        with pytest.raises(RegistryOutageError, match="cut"):
            environments.promote()
    environments.promote()

    assert [entry.champion for entry in environments.entries()] == [1]
    assert [version.version for version in environments.versions()] == [1]


def test_version_that_was_rolled_back_from_in_the_target_is_refused(environments, weak):
    environments.promote()
    environments.crown(model=weak)
    environments.promote(2)
    with environments.in_prod():
        roll_back(environments.project.name, by="carol", reason="complaints")

    refuse(environments, RegistryError, "was rolled back from in 'prod'", 2)


def test_target_with_newer_content_is_refused(environments, weak):
    environments.crown(model=weak)
    environments.promote(2)

    refuse(environments, RegistryError, "'prod' has newer content: .* is champion, its commit", 1)


def test_version_that_no_trusted_key_has_signed_is_refused_where_the_policy_requires_it(
    environments, ours, monkeypatch
):
    root = environments.project.root
    (root / "keys").mkdir()
    (root / "keys" / "release.pub").write_bytes(ours.public.read_bytes())
    with (root / "params.yaml").open("a") as params:
        params.write("signing: {required: true, public_keys: [keys/release.pub]}\n")
    git("add", "-A")
    git("commit", "-qm", "Require signatures")
    monkeypatch.setenv(SIGNING_KEY, str(ours.private))

    refuse(environments, RegistryError, "is not signed")


def test_version_from_isolated_data_is_refused(environments):
    data = hashlib.md5((environments.project.root / "made" / "flights.skops").read_bytes()).hexdigest()
    client = mlflow.MlflowClient()
    IsolationLog.read(client).append(client, data, "isolated", by="alice", reason="labels of May are wrong")

    refuse(environments, RegistryError, "isolated")


def test_other_model_under_the_same_key_in_the_target_is_refused(environments, weak, monkeypatch):
    """Whoever may register versions in prod was there first, with a model of their own and a valid seal."""
    own = find_version(environments.project.name, 1)
    key = own.key
    with environments.in_prod():
        environments.project.put(weak)
        environments.project.repro()
        with monkeypatch.context() as patch:
            patch.setattr(candidate, "_typed_key", lambda *_: key)
            publish_checkout(environments.project.root, environments.project.graph, reason="x", by="eve")
    git("checkout", "-q", "--", ".")
    environments.project.repro()

    refuse(environments, RegistryError, "another model under the same content key")


def test_commit_contains_itself_and_its_history(environments):
    first = git("rev-parse", "HEAD")
    git("commit", "-qm", "Second", "--allow-empty")
    second, root = git("rev-parse", "HEAD"), Path.cwd()

    assert _contains(root, second, first)
    assert _contains(root, first, first)
    assert not _contains(root, first, second)


def test_target_whose_data_end_later_is_refused_whatever_the_commits_say(environments, weak, strong_again):
    dvc_yaml = environments.project.root / "dvc.yaml"

    def crown(until: str, model: object) -> None:
        text = re.sub(r"data_until: '[^']*', ", "", dvc_yaml.read_text())
        dvc_yaml.write_text(text.replace("{trusted_types", f"{{data_until: '{until}', trusted_types"))
        project = Made(environments.project.root, Project(environments.project.root).graph())
        project.put(model)
        replace(environments, project=project).crown(model=model)

    crown("2013-05-01", weak)
    environments.promote(2)
    crown("2013-04-01", strong_again)

    refuse(environments, RegistryError, "its data end 2013-05-01, those of this version 2013-04-01", 3)


def test_object_that_is_altered_in_the_other_remote_is_refused(environments):
    environments.promote()
    file = environments.objects()[0]
    file.chmod(0o644)
    file.write_bytes(b"evil")

    refuse(environments, RemoteError, "has another hash in the remote")


def test_object_that_is_altered_in_the_cache_is_not_copied(environments, monkeypatch):
    cache = environments.project.root / ".dvc" / "cache" / "files" / "md5"
    for file in [path for path in cache.rglob("*") if path.is_file()]:
        file.chmod(0o644)
        file.write_bytes(b"evil")

    environments.promote()  # its own remote has the right ones

    assert all(path.read_bytes() != b"evil" for path in environments.objects())
