"""Back up and restore: with altered files, after a kill, and while others write."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from tests.library.registry.retention.vault import answers, back_up, files, serving
from tests.library.registry.retention.world import CHECKOUT, NAME, RECORD, flip, make_champion, write
from trimtab.errors import ConfigError
from trimtab.registry import roll_back
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.restoration import check_backup, restore

pytestmark = pytest.mark.slow  # all of it needs a world of several versions, and a backup of that


def test_restored_backup_has_all_versions_and_gives_the_same_scores(client, world, vault, tmp_path):
    before = json.loads(world.run("models", "--json").stdout)
    expected = answers(tmp_path / "before")

    done = world.run("restore", str(vault), str(tmp_path / "new"))

    assert done.exit_code == 0, done.output
    assert f"mlflow server --backend-store-uri sqlite:///{tmp_path / 'new'}/mlflow/mlflow.db" in done.stdout
    with serving(tmp_path / "new") as new:
        assert json.loads(new.run("models", "--json").stdout) == before
        assert new.verify() == {}
        assert np.array_equal(answers(tmp_path / "after"), expected)
        rebuilt = new.run("rebuild", str(RECORD))
        assert rebuilt.exit_code == 0, rebuilt.output
        assert roll_back(NAME, by="alice", reason="it works here too").champion == CHECKOUT
        assert new.checkout.git("symbolic-ref", "HEAD") == "refs/heads/main"
        assert new.checkout.git("status", "--porcelain") == ""
        with new.checkout.dvc() as repo:
            assert repo.pull(), "what the record holds can be had from the cache"


@pytest.mark.usefixtures("places")
def test_second_backup_writes_only_new_files(world, vault):
    before = files(vault)

    shown = back_up(world, vault)

    new = {path for path in files(vault) if path not in before}
    assert {path.parent.parent.name for path in new} <= {"blobs", "vault"}
    assert len(new) <= 2, "the description, and the database if it has changed"
    assert "live versions 1, 2" in shown
    assert before.items() <= files(vault).items(), "nothing is ever written over"


@pytest.mark.usefixtures("places")
def test_backup_has_no_secret(server, world, monkeypatch, tmp_path):
    # given secrets wherever a project keeps them, of which git ignores none
    copy, secret = world.copy(tmp_path / "world"), "s3cr3t-0f-4l1c3"
    (copy.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n")
    with (copy.root / ".dvc" / "config.local").open("a") as config:
        config.write(f"['remote \"cloud\"']\n    url = s3://b\n    secret_access_key = {secret}\n")
    (copy.root / ".env").write_text(f"TOKEN={secret}\n")
    copy.checkout.git("remote", "add", "elsewhere", f"https://alice:{secret}@git.example/x")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.replace("//", f"//alice:{secret}@"))
    monkeypatch.setenv("AIRFLOW_CONN_X", f"http://alice:{secret}@x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    params = copy.root / "params.yaml"
    params.write_text(params.read_text() + "# not committed\n")

    published = copy.run("publish")
    back_up(copy, tmp_path / "vault")

    assert published.exit_code == 0, (published.output, published.exception)
    done = copy.run("restore", str(tmp_path / "vault"), str(tmp_path / "new"))
    assert done.exit_code == 0, done.output
    everything = ["git", "cat-file", "--batch-all-objects", "--batch"]
    project = tmp_path / "new" / "project"
    objects = subprocess.run(everything, cwd=project, capture_output=True, check=True).stdout
    assert b"# not committed" in objects, "the snapshot is in the backup"
    assert secret.encode() not in objects
    found = [path for path in files(tmp_path / "vault") if secret.encode() in path.read_bytes()]
    assert found == []
    assert secret not in done.output + published.output


def test_verify_backup_exit_code_is_one_when_a_file_is_altered(world, vault):
    done = world.run("verify", "--backup", str(vault))
    assert (done.exit_code, "is intact" in done.stdout) == (0, True)

    (path, *_) = sorted((vault / "blobs").rglob("*/*"))
    held = flip(path)
    try:
        done = world.run("verify", "--backup", str(vault))
    finally:
        write(path, held)

    assert done.exit_code == 1
    assert f"{path.parent.name}/{path.name}" in done.output


@pytest.mark.usefixtures("client")
def test_backup_without_the_settings_of_the_server_is_refused(world, tmp_path):
    done = world.run("backup", str(tmp_path / "vault"))

    assert isinstance(done.exception, ConfigError)
    assert "MLFLOW_BACKEND_STORE_URI" in str(done.exception)
    assert not (tmp_path / "vault").exists()


@pytest.mark.usefixtures("places")
def test_backup_that_is_killed_leaves_the_earlier_one_intact_and_the_next_one_completes_it(world, tmp_path):
    to = tmp_path / "vault"
    code = "from trimtab.cli.main import main; main()"
    for files_written in (1, 5):
        process = subprocess.Popen(
            [sys.executable, "-c", code, "backup", str(to)], cwd=world.root, env=os.environ
        )
        while process.poll() is None and len(files(to)) < files_written:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert open_backup_location(str(to)).list_backups() == []

    back_up(world, to)
    check_backup(open_backup_location(str(to)))
    first = open_backup_location(str(to)).list_backups()
    process = subprocess.Popen(
        [sys.executable, "-c", code, "backup", str(to)], cwd=world.root, env=os.environ
    )
    known = len(files(to))
    while process.poll() is None and len(files(to)) == known:
        time.sleep(0.005)
    process.kill()
    process.wait()

    check_backup(open_backup_location(str(to)), name=first[0])


@pytest.mark.usefixtures("places")
def test_backup_is_consistent_when_others_write_meanwhile(world, tmp_path):
    over = threading.Event()

    def switch_to_and_fro():
        while not over.is_set():
            make_champion(CHECKOUT, RECORD)

    writer = threading.Thread(target=switch_to_and_fro)
    writer.start()
    try:
        for _ in range(3):
            back_up(world, tmp_path / "vault")
    finally:
        over.set()
        writer.join()

    opened = open_backup_location(str(tmp_path / "vault"))
    for number, name in enumerate(opened.list_backups()):
        restore(opened, tmp_path / f"new{number}", name=name)
    with serving(tmp_path / "new1") as new:
        assert new.verify() == {}


@pytest.mark.usefixtures("places")
def test_backup_to_s3_is_restored(world, s3, monkeypatch, tmp_path):
    for name, value in s3.credentials.items():
        monkeypatch.setenv(name, value)
    copy = world.copy(tmp_path / "world")
    settings = f"['remote \"offsite\"']\n    url = {s3.bucket}/backups\n    endpointurl = {s3.endpoint}\n"
    copy.checkout.write({".dvc/config.local": settings})
    back_up(copy, "offsite")
    back_up(copy, "offsite")
    done = copy.run("restore", "offsite", str(tmp_path / "new"))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "new" / "mlflow" / "mlflow.db").stat().st_size

    listed = s3.client().list_objects_v2(Bucket="tests", Prefix="backups/blobs/")["Contents"]
    key = f"{s3.bucket}/{listed[0]['Key']}"
    s3.write(key, s3.read(key)[:-1] + b"!")
    done = copy.run("restore", "offsite", str(tmp_path / "refused"))

    assert listed[0]["Key"].removeprefix("backups/") in str(done.exception)
