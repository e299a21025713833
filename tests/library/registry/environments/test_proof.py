"""What proves a version: its ledger, commit, policy, hashes and gates."""

from __future__ import annotations

import mlflow
import pytest

from tests.library.registry.environments.conftest import git, refuse
from trimtab.errors import GateError, RegistryError
from trimtab.registry import roll_back
from trimtab.registry.promotion import publish_checkout, reconcile, switch_champion


def test_record_whose_hash_differs_is_refused(environments, monkeypatch):
    monkeypatch.setattr("trimtab.registry.environments.proof.hash_model", lambda path: "0" * 64)

    refuse(environments, RegistryError, "model file of .* but its record gives 000000000000")
    assert environments.objects() == []


def test_tag_that_names_another_model_file_is_refused(environments):
    mlflow.MlflowClient().set_model_version_tag(
        environments.project.name, "1", "trimtab.model_sha256", "0" * 64
    )

    refuse(environments, RegistryError, "tags of .* differ from those it was registered with")


def test_commit_that_no_branch_contains_is_refused(environments):
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "Without history")
    git("branch", "-q", "-D", "master")

    refuse(environments, RegistryError, "The repository has no commit of")


def test_version_of_uncommitted_code_is_refused(environments, weak):
    environments.project.put(weak)
    environments.project.repro()
    version = environments.crown()
    environments.commit("Later")

    refuse(environments, RegistryError, "was published with uncommitted changes", version.version)


def test_version_that_was_never_champion_is_refused(environments, weak):
    environments.project.put(weak)
    environments.commit("Weak")
    publish_checkout(environments.project.root, environments.project.graph, reason="new", by="alice")

    refuse(environments, RegistryError, "was never promoted", 2)


def test_version_that_was_rolled_back_from_is_refused(environments, weak):
    environments.crown(model=weak)
    roll_back(environments.project.name, by="alice", reason="complaints")

    refuse(environments, RegistryError, "was rolled back from in its own registry", 2)


def test_gate_that_did_not_pass_is_refused(environments, monkeypatch):
    def fail(root, graph, model):
        raise GateError("Gate 'validate_model' did not pass: its verdict is 'fail'")

    monkeypatch.setattr("trimtab.registry.publishing.candidate.require_passed_gates", fail)

    refuse(environments, GateError, "did not pass")


@pytest.mark.parametrize("policy", ["policy: approval", "second_person: true"], ids=["policy", "person"])
def test_version_of_a_looser_policy_is_refused(environments, policy):
    params = environments.project.root / "params.yaml"
    params.write_text(params.read_text().replace("promote:\n", f"promote:\n  {policy}\n"))
    git("commit", "-qam", "Stricter")

    refuse(environments, RegistryError, "The promote policy of .* is looser")


@pytest.mark.slow
def test_rebuilt_version_is_promoted(environments):
    lines: list[str] = []

    done = environments.promote(log_line=lines.append)

    assert done.promoted
    assert "outputs of 4 stages" in done.compared
    assert lines


def test_version_that_no_person_approved_is_refused_where_the_policy_asks_for_one(environments, weak):
    params = environments.project.root / "params.yaml"
    params.write_text(params.read_text().replace("promote:\n", "promote:\n  policy: approval\n"))
    environments.project.put(weak)
    environments.commit("Stricter")
    name = environments.project.name
    publish_checkout(environments.project.root, environments.project.graph, reason="new", by="alice")
    client = mlflow.MlflowClient()
    ledger = reconcile(client, name)
    switch_champion(client, ledger, champion=2, how="promoted", by="training/1", reason="better")

    refuse(environments, RegistryError, "was promoted by a looser policy: no person approved it", 2)
