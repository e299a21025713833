"""What is read for a dossier, and what is refused."""

from __future__ import annotations

import pytest

from tests.library.dossier.conftest import NAME, git
from trimtab.dossier.evidence import _read_window, read_evidence
from trimtab.drift import PastWindow
from trimtab.errors import RegistryError
from trimtab.registry.drift_log import RecordedVerdict


def test_evidence_has_the_commit_the_gates_the_ledger_and_the_texts(evidence, checkout):
    assert evidence.commit.hash == git(checkout.root, "rev-parse", "HEAD")
    assert [gate.stage for gate in evidence.gates] == ["validate_raw", "validate_model"]
    assert evidence.ledger.champion == 1
    assert evidence.texts.texts.contact == "models@airline.example"
    assert evidence.policies["promote"] == {"metric": "roc_auc"}
    assert evidence.windows == ()


def test_version_that_does_not_exist_is_refused(checkout):
    with pytest.raises(RegistryError, match="has no version 7"):
        read_evidence(checkout.root, NAME, 7)


def test_version_whose_tag_was_changed_is_refused(checkout, client):
    was = client.get_model_version(NAME, "1").tags["trimtab.reason"]
    client.set_model_version_tag(NAME, "1", "trimtab.reason", "because it is perfect")
    try:
        with pytest.raises(RegistryError, match=r"trimtab\.reason"):
            read_evidence(checkout.root, NAME, 1)
    finally:
        client.set_model_version_tag(NAME, "1", "trimtab.reason", was)


def test_drift_report_that_says_something_else_than_the_log_is_refused(tmp_path):
    past = PastWindow(window="2013-07", champion="1", decision="none", metric="roc_auc")
    verdict = RecordedVerdict("run", past, True, "hash", "No drift", complete=True)
    report = tmp_path / "verdict.json"
    report.write_text('{"decision": "retrain", "sentence": "Retrain: it fell"}')
    with pytest.raises(RegistryError, match="says 'none' of 2013-07, the report says 'retrain'"):
        _read_window(verdict, report)
    report.write_text("[")
    with pytest.raises(RegistryError, match="cannot be read"):
        _read_window(verdict, report)
    report.write_text('{"decision": "none", "sentence": "No drift: all as it was"}')
    assert _read_window(verdict, report).sentence == "No drift: all as it was"


def test_repository_without_the_commit_is_refused(checkout, tmp_path):
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-qm", "Other", "--allow-empty")
    with pytest.raises(RegistryError, match="The repository has no commit"):
        read_evidence(tmp_path, NAME, 1)
