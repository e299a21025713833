"""The check of folders and their permissions."""

from __future__ import annotations

from trimtab.doctor.folders import check_folders


def test_state_folder_that_every_user_may_write_to_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o777)
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "state"))

    found = {each.check: each for each in check_folders(tmp_path)}

    assert found["TRIMTAB_HOME"].status == "error"
    assert found["TRIMTAB_HOME"].fix == f"`chmod o-w {tmp_path / 'state'}`"


def test_state_folder_that_cannot_be_made_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "file" / "state"))

    found = {each.check: each for each in check_folders(tmp_path)}

    assert found["TRIMTAB_HOME"].status == "error"
    assert found["temporary files"].status == "ok"
