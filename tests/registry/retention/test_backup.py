"""Back up and restore: with altered files, after a kill, and while others write."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from tests.e2e.cluster import POSTGRES, postgres
from tests.registry.fixtures import FEATURES, flights, free_port, start_server, wait_until_healthy
from tests.registry.retention.conftest import (
    CHECKOUT,
    NAME,
    RECORD,
    World,
    flip,
    make_champion,
    prepare,
    publish_run,
    write,
)
from trimtab.errors import ConfigError, RegistryError
from trimtab.registry import load_champion, roll_back
from trimtab.registry.retention.backup_location import open_backup_location
from trimtab.registry.retention.restoration import check_backup, restore

pytestmark = pytest.mark.slow  # all of it needs a world of several versions, and a backup of that


@pytest.fixture
def places(client, world, monkeypatch) -> None:
    """The environment is that of MLflow's server."""
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{world.mlflow / 'mlflow.db'}")
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(world.mlflow / "artifacts"))


@pytest.fixture(scope="session")
def vault(world, server, tmp_path_factory) -> Path:
    """A folder with a backup, which nothing changes."""
    folder = tmp_path_factory.mktemp("vault") / "vault"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{world.mlflow / 'mlflow.db'}")
        patch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(world.mlflow / "artifacts"))
        back_up(world, folder)
    return folder


def back_up(world: World, to: object) -> str:
    done = world.run("backup", str(to))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def files(vault: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in vault.rglob("*") if path.is_file()}


@contextlib.contextmanager
def serving(restored: Path, database: str = "") -> Iterator[World]:
    """Serve what was restored with a server of its own, and yield the world that is there now."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    store = database or f"sqlite:///{restored / 'mlflow' / 'mlflow.db'}"
    process = start_server(restored / "mlflow", store, port)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", url)
        try:
            wait_until_healthy(url, process, restored / "mlflow" / "server.log")
            yield World(restored, restored / "mlflow")
        finally:
            process.terminate()
            process.wait(timeout=20)


def answers(folder: Path) -> np.ndarray:
    rows: pd.DataFrame = flights(50, seed=9)[FEATURES]
    return load_champion(NAME, into=folder).model.score(rows)


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


def test_backup_location_works_as_a_dvc_remote(world, vault, tmp_path):
    copy = world.copy(tmp_path / "world")
    with copy.checkout.dvc() as repo:
        oid = copy.checkout.locked("train")["outs"][0]["md5"]
        assert (vault / "files" / "md5" / oid[:2] / oid[2:]).exists()
        assert repo is not None


def test_restore_of_a_backup_with_a_flipped_bit_names_the_file_and_writes_nothing(vault, tmp_path):
    opened = open_backup_location(str(vault))
    check_backup(opened)
    for path in sorted(files(vault)):
        held = flip(path, len(path.read_bytes()) // 2)
        try:
            if path.parent.name == "backups" and path.name != opened.list_backups()[-1]:
                continue
            with pytest.raises(RegistryError, match=path.name[:60]):
                restore(opened, tmp_path / "new")
        finally:
            write(path, held)
    assert not list(tmp_path.iterdir())
    check_backup(opened)


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


def test_restore_into_a_folder_that_is_not_empty_is_refused(vault, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(RegistryError, match="not empty"):
        restore(open_backup_location(str(vault)), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_restore_from_a_location_without_a_backup_is_refused(tmp_path):
    with pytest.raises(RegistryError, match=r"no backup[\s\S]*trimtab backup"):
        restore(open_backup_location(str(tmp_path / "nothing")), tmp_path / "new")


@pytest.mark.usefixtures("client")
def test_backup_without_the_settings_of_the_server_is_refused(world, tmp_path):
    done = world.run("backup", str(tmp_path / "vault"))

    assert isinstance(done.exception, ConfigError)
    assert "MLFLOW_BACKEND_STORE_URI" in str(done.exception)
    assert not (tmp_path / "vault").exists()


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
        assert open_backup_location(str(to)).backups() == []

    back_up(world, to)
    check_backup(open_backup_location(str(to)))
    first = open_backup_location(str(to)).backups()
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


@pytest.mark.skipif(not POSTGRES, reason="PostgreSQL's server is not installed")
def test_backup_of_a_postgresql_database_is_restored_into_an_empty_one(
    template, strong, tmp_path, monkeypatch
):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("PATH", f"{POSTGRES[-1].parent}{os.pathsep}{os.environ['PATH']}")
    with postgres() as first, postgres() as second:
        store = tmp_path / "mlflow"
        store.mkdir()
        port = free_port()
        process = start_server(store, f"postgresql+psycopg2://{first}", port)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"postgresql+psycopg2://{first}")
        monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(store / "artifacts"))
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process, store / "server.log")
            (tmp_path / "world").mkdir()
            made = template.copy(tmp_path / "world", NAME)
            prepare(made.root)
            world = World(tmp_path / "world", store)
            publish_run(world)
            make_champion(1)
            back_up(world, tmp_path / "vault")
            expected = answers(tmp_path / "before")
            full = world.run("restore", str(tmp_path / "vault"), str(tmp_path / "full"))
        finally:
            process.terminate()
            process.wait(timeout=20)
        assert "The database is not empty" in str(full.exception)
        assert not (tmp_path / "full").exists()

        monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"postgresql+psycopg2://{second}")
        restore(open_backup_location(str(tmp_path / "vault")), tmp_path / "new")
        with serving(tmp_path / "new", f"postgresql+psycopg2://{second}") as new:
            assert new.verify() == {}
            assert np.array_equal(answers(tmp_path / "after"), expected)


def test_database_copy_names_the_tool_that_is_not_installed(monkeypatch, tmp_path):
    from trimtab.registry.retention.mlflow_database import _postgresql

    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RegistryError, match=r"pg_dump is not installed[\s\S]*postgresql-client"):
        _postgresql("pg_dump", "postgresql://user:secret@127.0.0.1/mlflow")


def test_database_copy_is_refused_when_artifacts_are_not_served(tmp_path):
    from trimtab.registry.retention.mlflow_database import copy_database

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    mlflow.MlflowClient(uri).create_experiment("here", artifact_location=str(tmp_path / "artifacts"))

    with pytest.raises(RegistryError, match=r"that no backup covers[\s\S]*--artifacts-destination"):
        copy_database(uri, tmp_path)
