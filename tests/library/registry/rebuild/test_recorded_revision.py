"""The commit of a version, with its params and its lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.library.registry.rebuild.conftest import TRAIN, edit, publish, publish_with, rebuild, run
from trimtab.cli.main import cli
from trimtab.registry import find_version
from trimtab.registry.rebuild.recorded_revision import is_project_commit


@pytest.mark.slow
def test_rebuild_includes_uncommitted_changes(own):
    edit("params.yaml", {"c: 1e-3": "c: 1e-4"})
    Path("made/train.sh").write_text(f"{TRAIN}# a comment\n")
    own.repro()
    publish()
    run("git", "checkout", "-q", ".")

    assert json.loads(rebuild("--json", exits=0))["verdict"] == "identical"


def test_rebuild_refuses_a_lock_that_was_tampered_with(checkout, tag):
    tag("lock_hash", "0" * 64)
    assert "differ from those it was registered with: trimtab.lock_hash" in rebuild(exits=2)


def test_rebuild_names_the_commit_that_the_repository_does_not_have(own, registered):
    done = CliRunner().invoke(cli, ["rebuild", "1", "--model", registered.name], catch_exceptions=False)
    assert done.exit_code == 2
    assert "The repository has no commit of" in done.stdout
    assert find_version(registered.name, 1).tags["trimtab.git_revision"][:12] in done.stdout


@pytest.mark.slow
def test_rebuild_uses_the_commit_of_the_record_first(own):
    head = run("git", "rev-parse", "HEAD").strip()
    publish_with(own, git_revision="f" * 40, record=head)
    assert json.loads(rebuild("--json", exits=0))["commit"] == head


@pytest.mark.parametrize("commit", ["", "--upload-pack=touch x", "-x", "HEAD", "f" * 39, "refs/heads/main"])
def test_project_commit_is_accepted_only_by_its_full_hash(checkout, commit):
    assert not is_project_commit(checkout.root, commit)
    assert not Path("x").exists()


def test_project_commit_is_accepted_when_a_branch_a_tag_or_a_record_contains_it(checkout):
    head, tree = run("git", "rev-parse", "HEAD", "HEAD^{tree}").split()
    foreign = run("git", "-c", "user.name=m", "-c", "user.email=m@b", "commit-tree", tree, "-m", "x").strip()
    assert is_project_commit(checkout.root, head)
    for ref in ("refs/pull/7/head", "refs/stash"):
        run("git", "update-ref", ref, foreign)
        assert not is_project_commit(checkout.root, foreign)
        run("git", "update-ref", "-d", ref)
    for ref in ("refs/remotes/origin/main", "refs/tags/v1", "refs/exps/ab/cd/run"):
        run("git", "update-ref", ref, foreign)
        assert is_project_commit(checkout.root, foreign)
        run("git", "update-ref", "-d", ref)


def test_rebuild_executes_no_patch_from_mlflow(own):
    Path("made/train.sh").write_text(f"{TRAIN}touch {own.root / 'canary'}\n")
    own.repro()
    publish()
    run("git", "checkout", "-q", ".")
    Path("canary").unlink()
    for ref in run("git", "for-each-ref", "--format=%(refname)", "refs/trimtab/snapshots").split():
        run("git", "update-ref", "-d", ref)

    shown = " ".join(rebuild(exits=2).split())

    assert "no commit here has them" in shown
    assert "Code from MLflow is not executed" in shown
    assert not Path("canary").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "exits", "said"),
    [
        ({"c: 1e-3": "c: 1e-4"}, 0, "identical"),
        ({"c: 1e-3": "c: $(touch canary)"}, 2, "cannot be '$(touch canary)'"),
        ({"c: 1e-3": "c: 1e-3\n  trusted_types: [os.system]"}, 2, "types that a loaded model may execute"),
    ],
    ids=["a value", "a command", "trusted types"],
)
def test_rebuild_sets_only_params_from_mlflow_that_a_run_may_set(own, change, exits, said):
    edit("params.yaml", change)
    own.repro()
    publish_with(own, git_revision=run("git", "rev-parse", "HEAD").strip(), record="e" * 40)
    run("git", "checkout", "-q", ".")
    assert said in " ".join(rebuild(exits=exits).split())
    assert not Path("canary").exists()
