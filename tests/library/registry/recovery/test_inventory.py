"""The inventory of copies, and the rule 3-2-1-1-0."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.library.registry.recovery.conftest import NAME

pytestmark = pytest.mark.slow


def inventory(site, *locations):
    done = site.run("inventory", *locations, "--json")
    assert done.exit_code in (0, 1), (done.output, done.exception)
    return json.loads(done.stdout)


def test_inventory_names_owner_copies_and_what_does_not_hold(site, vault):
    found = inventory(site, str(vault))

    assert (found["owner"], found["criticality"], found["model"]) == ("flight team", "high", NAME)
    copies = {part["name"]: [copy["place"] for copy in part["copies"]] for part in found["parts"]}
    assert len(copies["data and models of live versions"]) == 3, "cache, remote, backup"
    assert len(copies["code and records of runs"]) == 2, "no git remote"
    assert str(vault) in copies["code and records of runs"][1]
    holds = {rule["name"]: rule["holds"] for rule in found["rules"]}
    assert (holds["3 copies"], holds["2 media"], holds["1 off-site"], holds["1 immutable"]) == (False,) * 4
    (backup,) = found["backups"]
    assert backup["missing"] == []


def test_backup_that_lacks_a_live_version_is_no_copy(site, places, tmp_path):
    found = inventory(site, str(tmp_path / "nothing"))

    assert found["backups"][0]["missing"] == [f"there is no backup of {NAME}"]
    assert all(len(part["copies"]) <= 2 for part in found["parts"])


def test_locked_backup_in_a_bucket_is_immutable_and_another_medium(site, places, s3, monkeypatch, tmp_path):
    for name, value in {**s3.credentials, "AWS_ENDPOINT_URL": s3.endpoint}.items():
        monkeypatch.setenv(name, value)
    bucket, copy = f"locked-{uuid4().hex[:8]}", site.copy(tmp_path / "copy")
    params = copy.root / "params.yaml"
    params.write_text(params.read_text().replace("recovery: {", "recovery: {lock_days: 3, "))
    refused = copy.run("backup", f"{s3.bucket}/vault")
    assert "has no object lock" in str(refused.exception)
    assert "Contents" not in s3.client().list_objects_v2(Bucket="tests", Prefix="vault/")
    s3.client().create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)

    done = copy.run("backup", f"s3://{bucket}/vault")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "locked until" in done.stdout
    found = inventory(copy, f"s3://{bucket}/vault")

    rules = {rule["name"]: rule for rule in found["rules"]}
    assert rules["2 media"]["holds"]
    assert rules["1 immutable"]["holds"]
    assert not rules["1 off-site"]["holds"], "the server is on this host"

    # given an attacker who hides everything behind delete markers
    for each in s3.client().list_objects_v2(Bucket=bucket)["Contents"]:
        s3.client().delete_object(Bucket=bucket, Key=each["Key"])
    done = copy.run("restore", f"s3://{bucket}/vault", str(tmp_path / "restored"))
    assert done.exit_code == 0, (done.output, done.exception)
    assert (tmp_path / "restored" / "project" / "dvc.yaml").is_file()
