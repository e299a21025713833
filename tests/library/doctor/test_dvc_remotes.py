"""The check of DVC's remotes: local ones, and S3."""

from __future__ import annotations

import pytest

from trimtab.doctor.dvc_remotes import check_remotes


def config(url: str) -> str:
    return f"['remote \"store\"']\n    url = {url}\n"


def test_project_without_a_remote_is_a_warning(project):
    assert [each.status for each in check_remotes(project().root)] == ["warning"]


def test_remote_is_written_read_and_deleted_and_nothing_is_left(project, tmp_path):
    checkout = project()
    checkout.write({".dvc/config": config(f"{tmp_path}/r")})

    (found,) = check_remotes(checkout.root)

    assert (found.status, found.check) == ("ok", "DVC remote 'store'")
    assert not [file for file in (tmp_path / "r").rglob("*") if file.is_file()]


def test_remote_that_cannot_be_written_is_an_error_that_names_the_step(project, tmp_path):
    checkout = project()
    (tmp_path / "file").write_text("")
    checkout.write({".dvc/config": config(f"{tmp_path}/file/r")})

    (found,) = check_remotes(checkout.root)

    assert found.status == "error"
    assert found.seen.startswith("no object can be written: ")


@pytest.mark.slow
def test_s3_remote_is_written_read_and_deleted_and_wrong_credentials_are_an_error(project, s3, monkeypatch):
    for name, value in s3.credentials.items():
        monkeypatch.setenv(name, value)
    checkout = project()
    url = f"{s3.bucket}/doctor"
    checkout.write({".dvc/config": config(f"{url}\n    endpointurl = {s3.endpoint}")})

    (found,) = check_remotes(checkout.root)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    (refused,) = check_remotes(checkout.root)

    assert (found.status, found.seen) == ("ok", f"{url}: an object can be written, read and deleted")
    assert "Contents" not in s3.client().list_objects_v2(Bucket="tests", Prefix="doctor")
    assert refused.status == "error"
    assert "not-the-secret" not in str(refused)
