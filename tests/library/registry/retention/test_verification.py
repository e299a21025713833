from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.library.registry.retention.world import CHECKOUT, NAME, RECORD, World, flip, write
from trimtab import telemetry
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_storage import ledger_name
from trimtab.registry.retention.verification import PARTS

pytestmark = pytest.mark.usefixtures("client")


@pytest.fixture
def damaged(world, tmp_path) -> World:
    """A copy of the world that a test may damage."""
    return world.copy(tmp_path / "world")


def oids(world: World, commit: str, path: str) -> dict[str, str]:
    """Hash by path of what ``dvc.lock`` of a commit says was made."""
    from ruamel.yaml import YAML

    lock = YAML(typ="safe", pure=True).load(world.checkout.show(commit, path))
    return {out["path"]: out["md5"] for stage in lock["stages"].values() for out in stage["outs"]}


def test_verify_finds_no_problem_when_all_live_versions_are_intact(world, collector):
    done = world.run("verify")
    telemetry.flush()

    assert done.exit_code == 0, done.output
    assert "problem" not in done.output
    plain = json.loads(world.run("verify", "--deep", "--json").stdout)
    assert plain["live"] == {"1": "previous, champion until " + today(plain), "2": "champion"}
    assert plain["contents"] == {"1": 7, "2": 7}
    assert plain["problems"] == []
    found = collector.values("trimtab.registry.problems", "trimtab.model", "trimtab.part")
    assert found == {(NAME, part): 0 for part in PARTS}
    assert collector.values("trimtab.registry.verified", "trimtab.model").keys() == {NAME}


def today(plain: dict[str, dict[str, str]]) -> str:
    return plain["live"]["1"][-10:]


def test_verify_names_each_lost_or_altered_part_with_its_fix(client, damaged):
    record = client.get_model_version(NAME, str(RECORD)).tags["trimtab.record"]
    of_record, of_checkout = oids(damaged, record, "dvc.lock"), oids(damaged, "HEAD~1", "dvc.lock")
    model, plots = of_record["models/flights.skops"], of_record["reports/plots"]
    example, only_first = of_record["models/input_example.parquet"], of_checkout["models/flights.skops"]
    flip(damaged.object(model), 10)  # altered in the cache, and right in the remote
    for remote in (False, True):  # lost: a listing, and with it what it lists
        damaged.object(plots, remote=remote).unlink()
    write(damaged.object(example, remote=True), b"cut")  # cut off in the remote
    damaged.object(only_first).unlink()  # not in the cache, but in the remote: nothing is wrong
    artifact = damaged.artifact(client, CHECKOUT)
    held = flip(artifact, 100)

    try:
        found = damaged.verify()
    finally:
        write(artifact, held)

    both = {(number, "data") for number in (CHECKOUT, RECORD)}
    assert set(found) == {*both, (CHECKOUT, "model")}
    assert [what.split(":")[0] for what in found[RECORD, "data"]] == [
        "'models/flights.skops' is altered in the cache",
        "'models/input_example.parquet' is altered in the remote 'storage'",
        "'reports/plots' is lost",
    ]
    assert found[CHECKOUT, "model"] == [
        f"The model files of {NAME} version 1 differ from those that were registered"
    ]
    assert damaged.object(model).exists(), "looking changes nothing"
    assert not damaged.object(plots).exists()
    assert not damaged.object(only_first).exists()


@pytest.mark.slow
def test_verify_deep_finds_an_altered_object_of_the_same_size_in_the_remote(client, damaged):
    oid = oids(damaged, "HEAD~1", "dvc.lock")["models/flights.skops"]
    flip(damaged.object(oid, remote=True))

    assert damaged.verify() == {}
    found = damaged.verify("--deep")

    assert found[CHECKOUT, "data"] == [f"'models/flights.skops' is altered in the remote 'storage': {oid}"]


@pytest.mark.slow
def test_verify_finds_a_lock_that_differs_from_the_registered_one(client, damaged):
    held = client.get_model_version(NAME, str(CHECKOUT))
    (lock,) = (damaged.mlflow / "artifacts").rglob(f"{held.run_id}/artifacts/dvc.lock")
    text = flip(lock, 5)
    try:
        found = damaged.verify()
    finally:
        write(lock, text)

    assert found == {
        (CHECKOUT, "lock"): [
            f"The dvc.lock among the files of {NAME} version 1 differs from the one that was registered"
        ]
    }


@pytest.mark.slow
def test_verify_in_a_clone_without_the_record_uses_lock_and_params_from_mlflow(client, damaged, tmp_path):
    clone = World(tmp_path / "clone", damaged.mlflow)
    subprocess.run(["git", "clone", "--quiet", "--no-local", damaged.root, clone.root], check=True)
    shutil.copytree(damaged.folder / "remote", clone.folder / "remote")
    record = client.get_model_version(NAME, str(RECORD)).tags["trimtab.record"]
    assert subprocess.run(["git", "cat-file", "-e", record], cwd=clone.root, check=False).returncode

    assert clone.verify() == {}, "the data is in the remote only, and that is enough"


@pytest.mark.slow
def test_verify_reports_a_commit_that_no_branch_has(client, damaged):
    shutil.rmtree(damaged.root / ".git")
    damaged.checkout.git("init", "--quiet", "-b", "main")
    damaged.checkout.commit("Another history")

    found = damaged.verify()

    assert {part for _, part in found} == {"code"}
    refusal = f"The repository has no commit of {NAME} version"
    assert all(what.startswith(refusal) for (what,) in found.values())


@pytest.mark.slow
def test_verify_finds_a_damaged_git_repository(damaged):
    blob = damaged.checkout.git("rev-parse", "HEAD:params.yaml")
    file = damaged.root / ".git" / "objects" / blob[:2] / blob[2:]
    write(file, file.read_bytes()[:-3])

    found = damaged.verify()

    assert f"missing blob {blob}" in found[None, "code"][0] or blob in found[None, "code"][0]


def test_verify_finds_a_former_champion_that_was_deleted_in_mlflow(client, damaged, server):
    client.rename_registered_model(NAME, f"{NAME}-away")  # as if nothing of it was left
    ledger = Ledger.read(client, NAME)
    client.create_registered_model(NAME)
    try:
        found = damaged.verify()
    finally:
        client.delete_registered_model(NAME)
        client.rename_registered_model(f"{NAME}-away", NAME)

    assert {entry.champion for entry in ledger.entries} == {CHECKOUT, RECORD}
    assert found[RECORD, "model"] == ["MLflow no longer has the version"]


@pytest.mark.slow
def test_verify_reports_a_ledger_that_was_tampered_with_for_all_versions(client, damaged, database):
    import sqlite3

    run = Ledger.read(client, NAME).run_id
    change = "UPDATE params SET value = replace(value, ?, ?) WHERE run_uuid = ? AND key = '000001'"
    with sqlite3.connect(database) as connection:
        connection.execute(change, ("training/1", "training/9", run))
    try:
        found = damaged.verify()
    finally:
        with sqlite3.connect(database) as connection:
            connection.execute(change, ("training/9", "training/1", run))
    assert ledger_name(NAME)
    changed = "entry 000002 has another hash for entry 000001, which was changed or replaced"
    assert changed in found[None, "ledger"]


def test_verify_exit_code_is_two_when_the_server_does_not_answer(world, closed_port, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed_port}")

    error = world.run("verify").exception

    assert error.exit_code == 2
    assert "does not answer" in str(error)
