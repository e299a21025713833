"""The model before the champion, compared with it on a window."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.library.registry.artifact_files import stored
from tests.library.registry.drifting import arrive, check, declare
from tests.library.registry.fixtures import LINEAGE
from trimtab.learning import BINARY, INDEPENDENT
from trimtab.registry import Candidate, Version, publish, roll_back
from trimtab.registry.drift_log.predecessor import Predecessor
from trimtab.registry.loading import ModelTrust, load_version
from trimtab.registry.promotion import Champion
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.tracking import temporary_folder

JUNE = datetime(2013, 6, 1)


@pytest.fixture
def succession(client, made_project, weak, strong):
    """A project whose weak champion of March was followed by the strong one of April."""
    (made_project.root / "windows").mkdir()
    for model, until in ((weak, "2013-04-01"), (strong, "2013-05-01")):
        made_project.put(model)
        made_project.repro()
        lineage = {**LINEAGE, "data_until": until}
        version = publish(Candidate.gather(made_project.root, made_project.graph, lineage=lineage))
        ledger = reconcile(client, version.name)
        switch_champion(client, ledger, champion=version.version, how="promoted", by="training/1", reason="r")
    return made_project


def find(client, project, number=2):
    version = Version.read(client, project.name, number)
    with temporary_folder() as folder:
        champion = Champion(version, load_version(version, folder), reference=None)
    return Predecessor.find(client, champion, "late", trusted=ModelTrust(), dependence=INDEPENDENT)


def measure_gain(client, project, begin=JUNE):
    return find(client, project).measure_gain(project.test, begin, BINARY.metrics["roc_auc"])


def test_gain_of_the_last_retrain_is_measured_on_the_rows_of_the_window(client, succession):
    retrain = measure_gain(client, succession)

    assert (retrain.before, retrain.obstacle) == ("version 1", "")
    assert 0 < retrain.low < retrain.gain
    assert retrain.ages == pytest.approx(31 / 30), "days since the end of April, of the days of April"


def test_model_before_the_champion_is_loaded_once_for_all_windows(client, succession, database):
    predecessor = find(client, succession)
    first = predecessor.measure_gain(succession.test, JUNE, BINARY.metrics["roc_auc"])
    (file,) = stored(client, Version.read(client, succession.name, 1), database, "model.skops")
    file.unlink()

    second = predecessor.measure_gain(succession.test, datetime(2013, 7, 1), BINARY.metrics["roc_auc"])

    assert (second.gain, second.low) == (first.gain, first.low)
    assert second.ages > first.ages


def test_slow_decay_requests_a_retrain_in_the_second_window(client, succession):
    declare(succession, max_metric_drop=0.02)
    arrive(succession, "2013-05")
    first = check(succession)
    arrive(succession, "2013-06")

    second = check(succession)

    verdict = json.loads(Path(client.download_artifacts(second.run_id, "verdict.json")).read_text())
    (rule,) = (rule for rule in verdict["rules"] if rule["name"] == "expected_gain")
    assert (first.decision, second.decision) == ("none", "retrain")
    assert second.sentence.startswith("Retrain: on these rows, the last retrain gained ")
    assert "in ROC AUC over version 1" in rule["sentence"]


@pytest.mark.slow
def test_champion_without_an_earlier_one_or_without_a_ledger_entry_has_no_predecessor(client, succession):
    assert find(client, succession, number=1) is None, "the ledger names version 2"
    roll_back(succession.name, by="alice", reason="r")
    assert find(client, succession, number=1) is None, "nothing was before it"


@pytest.mark.slow
def test_champion_of_the_same_data_has_no_expected_gain(client, succession, record):
    record(succession, learnt_until="2013-05-01", seen_until="2013-05-01")
    retrain = measure_gain(client, succession)
    assert (retrain.gain, retrain.obstacle) == (None, "the champion has not learnt from newer data")


@pytest.mark.slow
def test_altered_predecessor_is_not_loaded_and_the_check_goes_on(client, succession, database):
    (file,) = stored(client, Version.read(client, succession.name, 1), database, "model.skops")
    file.write_bytes(b"\x80\x04K\x01.")
    arrive(succession, "2013-05")

    retrain = measure_gain(client, succession)

    assert retrain.gain is None
    assert retrain.obstacle.startswith("it cannot be loaded: ")
    assert check(succession).decision == "none"


@pytest.mark.slow
def test_deleted_predecessor_is_no_error_of_the_check(client, succession):
    client.delete_model_version(succession.name, "1")
    arrive(succession, "2013-05")

    assert "not found" in measure_gain(client, succession).obstacle
    assert check(succession).decision == "none"
