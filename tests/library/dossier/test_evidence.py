"""What is read for a dossier, and what is refused."""

from __future__ import annotations

import pytest

from tests.library.dossier.conftest import NAME, git
from trimtab.dossier.evidence import read_evidence
from trimtab.errors import RegistryError


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
        with pytest.raises(RegistryError, match="trimtab.reason"):
            read_evidence(checkout.root, NAME, 1)
    finally:
        client.set_model_version_tag(NAME, "1", "trimtab.reason", was)


def test_repository_without_the_commit_is_refused(checkout, tmp_path):
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-qm", "Other", "--allow-empty")
    with pytest.raises(RegistryError, match="The repository has no commit"):
        read_evidence(tmp_path, NAME, 1)
