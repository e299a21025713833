"""Recovery drills with a real MLflow on the restored data."""

from __future__ import annotations

import json
import shutil
import time

import pytest

from tests.library.registry.recovery.conftest import NAME
from tests.library.registry.retention.world import flip
from trimtab.registry.ledger.ledger_storage import ledger_name
from trimtab.registry.recovery.drill_log import read_drills

pytestmark = pytest.mark.slow  # each restores a backup; some start a server on it


def drill(site, vault, *, exits):
    done = site.run("drill", str(vault), "--json")
    assert done.exit_code == exits, (done.output, done.exception)
    return json.loads(done.stdout)


def test_drill_rebuilds_the_champion_from_the_backup_alone_and_records_the_times(
    client, site, vault, tmp_path
):
    # given a project whose cache and remote are lost after the backup
    lost = site.copy(tmp_path / "lost")
    shutil.rmtree(lost.root / ".dvc" / "cache")
    shutil.rmtree(lost.folder / "remote")

    found = drill(lost, vault, exits=0)

    assert (found["verdict"], found["problems"], found["champion"]) == ("good", [], 1)
    assert 0 < found["restore_seconds"] < found["recovery_seconds"]
    assert 0 <= found["copy_seconds"] < 3600
    recorded = read_drills(client, NAME)[0]
    assert recorded.run_id == found["run_id"]
    metrics = client.get_run(recorded.run_id).data.metrics
    assert metrics["recovery_seconds"] == found["recovery_seconds"]
    assert "recovery drill: good" in site.run("status").output
    assert not (lost.root / ".dvc" / "cache").exists(), "a drill writes nothing into the project"


def test_drill_with_an_altered_file_fails_names_it_and_is_recorded(client, site, vault):
    (path, *_) = sorted((vault / "files" / "md5").rglob("*/*"))
    flip(path)

    found = drill(site, vault, exits=1)

    assert f"{path.parent.name}/{path.name}" in found["problems"][0]
    assert read_drills(client, NAME)[0].verdict == "failed"


def test_drill_of_a_backup_with_a_commit_that_the_project_does_not_have_executes_nothing(
    site, vault, tmp_path
):
    attacker = site.copy(tmp_path / "attacker")
    file = attacker.root / "dvc.yaml"
    file.write_text(file.read_text().replace("cmd: mkdir", f"cmd: touch {tmp_path}/canary && mkdir"))
    attacker.checkout.commit("Trap")
    time.sleep(1)  # backups are named by the second
    assert attacker.run("backup", str(vault)).exit_code == 0

    found = drill(site, vault, exits=1)

    assert "which this project does not have" in found["problems"][0]
    assert not (tmp_path / "canary").exists()


def test_drill_of_a_backup_with_another_ledger_executes_nothing(client, site, vault):
    experiment = client.get_experiment_by_name(ledger_name(NAME))
    client.rename_experiment(experiment.experiment_id, f"{experiment.name}-{time.time_ns()}")
    client.delete_registered_model_alias(NAME, "champion")
    assert site.run("promote", "1", "--reason", "again").exit_code == 0

    found = drill(site, vault, exits=1)

    assert "is not the begin of the ledger in MLflow" in found["problems"][0]
    assert found["recovery_seconds"] is None


def test_drill_of_a_location_without_a_backup_fails(site, places, tmp_path):
    found = drill(site, tmp_path / "nothing", exits=1)

    assert "has no backup of 'drilled'" in found["problems"][0]


def test_drill_without_mlflow_is_no_result(site, monkeypatch, closed_port, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed_port}")

    done = site.run("drill", str(tmp_path))

    assert done.exception.exit_code == 2


def test_drill_without_a_location_says_what_to_set(site, places, monkeypatch):
    monkeypatch.delenv("TRIMTAB_BACKUP", raising=False)

    assert "TRIMTAB_BACKUP" in str(site.run("drill").exception)
