"""Versions that no trusted key has signed: no command and no task loads, promotes or rebuilds one.

The attacker has the rights of a worker in MLflow, and registers versions whose seals are right.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest
from click.testing import CliRunner

from tests.library.registry.one_challenger import compare_with_champion
from tests.library.registry.rows import flights
from trimtab.cli.main import cli
from trimtab.errors import ConfigError, RegistryError, TrimtabError
from trimtab.learning import BINARY
from trimtab.pipeline.graph import Project
from trimtab.registry import (
    PromotePolicy,
    ScorePolicy,
    check_newest_window,
    find_champion,
    find_version,
    promote,
    read_model_trust,
    score_windows,
)
from trimtab.registry.ledger import Ledger
from trimtab.registry.publishing import run_log
from trimtab.registry.signing import SIGNATURE, SIGNING_KEY, STATEMENT

NAME = "signed"
SIGNED, UNSIGNED, OTHER_KEY, COPIED = 1, 2, 3, 4  # versions
POLICY = "signing: {required: true, public_keys: [keys/release.pub]}\n"
REFUSAL = {
    UNSIGNED: f"{NAME} version {UNSIGNED} is not signed",
    OTHER_KEY: f"{NAME} version {OTHER_KEY} is signed with a key that the checkout does not trust",
    COPIED: f"The signature of {NAME} version {COPIED} is not valid for its files",
}


def commit(message: str) -> None:
    for args in (["add", "-A"], ["commit", "-qm", message]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)


def invoke(*args: str) -> str:
    """Call the command line; return its refusal, empty if it did not refuse."""
    done = CliRunner().invoke(cli, args)
    if done.exit_code == 0:
        return ""
    assert isinstance(done.exception, TrimtabError | SystemExit), done.exception
    return " ".join((done.output + str(done.exception)).split())


@contextlib.contextmanager
def attack(patch, key: Path | None) -> Iterator[None]:
    """Publish without the project's policy, with another key or none; afterwards the policy is as it was."""
    params = Path("params.yaml")
    held = params.read_text()
    params.write_text(held.replace(POLICY, ""))
    with patch.context() as inner:
        inner.setenv(SIGNING_KEY, str(key or ""))
        yield
    params.write_text(held)


@pytest.fixture(scope="session")
def world(server, template, weak, strong, strong_again, ours, theirs, tmp_path_factory):
    """A checkout that requires signatures, its signed champion, and three versions of an attacker."""
    project = template.copy(tmp_path_factory.mktemp("signed"), NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        patch.setenv(SIGNING_KEY, str(ours.private))
        patch.chdir(project.root)
        (project.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/windows\n")
        (project.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n")
        declared = project.root / "dvc.yaml"
        declared.write_text(declared.read_text().replace("  flights: {", f"  {NAME}: {{"))
        (project.root / "keys").mkdir()
        (project.root / "keys" / "release.pub").write_bytes(ours.public.read_bytes())
        params = project.root / "params.yaml"
        params.write_text(f"{params.read_text()}retention: {{}}\n{POLICY}")
        subprocess.run(["git", "init", "-q"], check=True)
        commit("First")
        assert invoke("publish", "--promote") == ""
        for model, key in ((weak, None), (strong_again, theirs.private)):
            project.put(model)
            project.repro()
            commit("Another model")
            with attack(patch, key):
                assert invoke("publish") == ""
        _register_copy(project, patch, ours)
        windows = project.root / "windows"
        windows.mkdir()
        flights(200, seed=5).to_parquet(windows / "2013-06.parquet")
    return project


def _register_copy(project, patch, ours) -> None:
    """Register a version with the statement and the signature of the signed one."""
    source = Path(mlflow.artifacts.download_artifacts(f"models:/{NAME}/{SIGNED}"))

    def copy_signature(folder: Path, statement, signer) -> None:
        for name in (STATEMENT, SIGNATURE):
            (folder / name).write_bytes((source / name).read_bytes())

    params = project.root / "params.yaml"
    params.write_text(params.read_text().replace("c: 1e-3", "c: 2e-3"))
    project.repro()
    commit("Other params")
    with attack(patch, ours.private), patch.context() as inner:
        inner.setattr(run_log, "sign_folder", copy_signature)
        assert invoke("publish") == ""


@pytest.fixture
def checkout(client, world, monkeypatch):
    monkeypatch.chdir(world.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    champion = find_champion(NAME)
    assert champion
    assert champion.version == SIGNED
    yield world
    client.set_registered_model_alias(NAME, "champion", str(SIGNED))


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(RegistryError) as error:
        do()
    return " ".join(str(error.value).split())


def uses(root: Path, number: int, out: Path) -> dict[str, Callable[[], str]]:
    """Return everything that uses a version, each with a call that returns its refusal."""
    trusted, policy = read_model_trust(root), PromotePolicy(policy="automatic")
    options = {"test": root / "made/test.parquet", "label": "late", "metric": BINARY.metrics["roc_auc"]}

    def version():
        return find_version(NAME, number)

    def promoted():
        compared = compare_with_champion(version(), policy, **options)  # as code that forgot the policy
        better = dataclasses.replace(compared, verdict="better")
        return promote(version(), better, policy, by="d", trusted=trusted)

    return {
        "score": lambda: invoke(
            *("score", "--key", "hour", "made/test.parquet", str(out), "--model", f"models:/{NAME}/{number}")
        ),
        "promote": lambda: invoke("promote", str(number), "--reason", "r"),
        "rebuild": lambda: invoke("rebuild", str(number)),
        "sbom": lambda: invoke("sbom", str(number)),
        "the promotion by policy": lambda: refused(promoted),
        "compare": lambda: refused(
            lambda: compare_with_champion(version(), policy, trusted=trusted, **options)
        ),
        "batch score": lambda: refused(
            lambda: score_windows(version(), root / "windows", ScorePolicy(), by="d", trusted=trusted)
        ),
    }


@pytest.mark.parametrize("number", REFUSAL)
def test_version_that_no_trusted_key_signed_is_refused_by_every_command_and_task(
    checkout, client, number, tmp_path
):
    out = tmp_path / "scores.parquet"
    answers = {name: use() for name, use in uses(checkout.root, number, out).items()}
    assert {name: answer for name, answer in answers.items() if REFUSAL[number] not in answer} == {}
    assert not out.exists()
    assert Ledger.read(client, NAME).champion == SIGNED


@pytest.mark.parametrize("number", [UNSIGNED])
def test_alias_that_was_moved_to_an_unsigned_version_gives_no_scores_and_no_verdict(
    checkout, client, number, tmp_path
):
    client.set_registered_model_alias(NAME, "champion", str(number))
    root, graph = checkout.root, Project(checkout.root).graph()
    trusted = read_model_trust(root)
    assert REFUSAL[number] in refused(
        lambda: check_newest_window(root, graph, "windows", dag_run="d", trusted=trusted)
    )
    assert REFUSAL[number] in invoke("score", "--key", "hour", "made/test.parquet", str(tmp_path / "s"))
    assert REFUSAL[number] in invoke("verify")


def test_comparison_with_an_unsigned_champion_leaves_the_decision_to_a_person(checkout, client):
    client.set_registered_model_alias(NAME, "champion", str(UNSIGNED))
    compared = compare_with_champion(
        find_version(NAME, SIGNED),
        PromotePolicy(policy="automatic"),
        test=checkout.root / "made/test.parquet",
        label="late",
        metric=BINARY.metrics["roc_auc"],
        trusted=read_model_trust(checkout.root),
    )
    assert compared.verdict == "a person decides"
    assert "is not signed" in compared.sentence


def test_signed_version_is_scored_and_verified_with_the_name_of_its_key(checkout, tmp_path):
    out = tmp_path / "scores.parquet"
    assert invoke("score", "--key", "hour", "made/test.parquet", str(out)) == ""
    assert out.exists()
    # Where the test of a moved alias ran before, the ledger has found that another version was live as well.
    done = CliRunner().invoke(cli, ["verify", "--json"])
    assert json.loads(done.stdout)["signatures"][str(SIGNED)] == "keys/release.pub"


def test_altered_tag_with_a_seal_that_fits_it_is_refused_by_the_signature(checkout, record, monkeypatch):
    """As by somebody who may write to MLflow's database, where nothing protects seal and ledger."""
    monkeypatch.setattr("trimtab.registry.loading.download._require_ledger_seal", lambda version: None)
    before = find_version(NAME, SIGNED).tag("data_until")
    record(checkout, data_until="2031-01-01")
    try:
        answer = invoke("score", "--key", "hour", "made/test.parquet", "out.parquet")
    finally:
        record(checkout, data_until=before)
    assert "differs from what was signed: the tag trimtab.data_until" in answer
    assert not Path("out.parquet").exists()


def test_publish_without_a_key_registers_nothing_where_signatures_are_required(checkout, client, monkeypatch):
    monkeypatch.delenv(SIGNING_KEY, raising=False)
    known = len(client.search_model_versions(f"name = '{NAME}'"))
    assert "not set, and the policy requires a signature" in invoke("publish")
    assert len(client.search_model_versions(f"name = '{NAME}'")) == known


def test_policy_of_a_version_s_own_commit_does_not_count(checkout, monkeypatch, ours):
    """The commit of a version is named by a tag, so its policy must not decide: that of the checkout does."""
    monkeypatch.setenv(SIGNING_KEY, str(ours.private))
    params = checkout.root / "params.yaml"
    held = params.read_text()
    params.write_text(held.replace("keys/release.pub", "keys/lost.pub"))
    try:
        with pytest.raises(ConfigError, match="cannot be read"):
            read_model_trust(checkout.root)
        assert "keys/lost.pub" in invoke("rebuild", str(SIGNED))
    finally:
        params.write_text(held)
