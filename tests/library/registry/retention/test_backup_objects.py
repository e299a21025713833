"""The DVC objects of live versions in a backup."""

from __future__ import annotations

import json

import pytest

from tests.library.registry.retention.world import CHECKOUT, NAME, RECORD, flip
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.backup_objects import fetch_live_objects
from trimtab.registry.retention.restoration import check_backup


@pytest.mark.slow
@pytest.mark.usefixtures("places")
def test_backup_names_lost_and_altered_parts_and_has_the_rest(world, tmp_path):
    copy = world.copy(tmp_path / "world")
    oid = copy.checkout.locked("validate_raw")["outs"][0]["md5"]
    (listed, *_) = json.loads(copy.object(oid).read_text())
    flip(copy.object(listed["md5"]))
    made = copy.checkout.locked("evaluate")["outs"]
    lost = next(out["md5"] for out in made if out["path"] == "reports/plots")
    for remote in (False, True):
        copy.object(lost, remote=remote).unlink()

    done = copy.run("backup", str(tmp_path / "vault"))

    assert done.exit_code == 1
    assert f"lacking: {copy.object(listed['md5'])} is altered" in done.output
    assert f"lacking: {NAME} version 2: 'reports/plots' ({lost}) is not in DVC's cache" in done.output
    backup = check_backup(open_backup_location(str(tmp_path / "vault")))
    assert not {listed["md5"], lost} & {name.replace("/", "")[-32:] for name in backup.objects}
    model = copy.checkout.locked("train")["outs"][0]["md5"]
    assert f"files/md5/{model[:2]}/{model[2:]}" in backup.objects


@pytest.mark.slow
def test_live_objects_are_fetched_under_their_names_in_a_remote(client, world, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    copy, lacking = world.copy(tmp_path / "world"), []

    found = fetch_live_objects(copy.root, client, NAME, [CHECKOUT, RECORD], lacking)

    oid = copy.checkout.locked("train")["outs"][0]["md5"]
    assert lacking == []
    assert found[f"files/md5/{oid[:2]}/{oid[2:]}"] == copy.object(oid)
    assert len(copy.checkout.git("for-each-ref", "refs/trimtab/live").splitlines()) == 2


@pytest.mark.slow
def test_version_that_mlflow_has_lost_is_lacking_in_the_backup(client, world, tmp_path):
    lacking: list[str] = []

    assert fetch_live_objects(world.root, client, NAME, [9], lacking) == {}

    assert lacking == [f"{NAME} version 9: MLflow no longer has the version"]
