from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.library.registry.candidate_projects import with_candidates
from tests.library.registry.rebuild.conftest import TRAIN, again, publish, rebuild, run
from trimtab.cli.main import cli
from trimtab.registry import find_version
from trimtab.registry.provenance import python_environment as environment


def files(root: Path) -> dict[str, bytes]:
    """The user's own files, and what the cache holds; not what is remembered to be faster."""
    own = [path for path in root.rglob("*") if path.is_file() and ".dvc/tmp" not in str(path)]
    return {str(path): path.read_bytes() for path in own if ".git/" not in str(path)}


def test_rebuild_of_a_version_is_identical(client, checkout):
    name, before, version = checkout.name, files(checkout.root), find_version(checkout.name, 1)
    script = checkout.root / "made" / "train.sh"
    script.write_text("exit 1\n")  # what is being worked on is not asked

    shown = " ".join(rebuild(exits=0).split())

    script.write_text(TRAIN)
    assert f"{name} version 1 at {version.tags['trimtab.git_revision'][:12]}: identical" in shown
    assert "outputs of 4 stages, " in shown
    assert "predictions on the input example (5 rows)" in shown
    assert "predictions on the test window (300 rows)" in shown
    assert files(checkout.root) == before, "no file of the user's, and nothing in the cache"
    assert find_version(name, 1) == version
    assert client.get_registered_model(name).aliases == {}
    assert run("git", "worktree", "list").count("\n") == 1


def test_rebuild_fails_when_the_server_does_not_answer(checkout, closed_port, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed_port}")
    assert "does not answer" in rebuild(exits=2)


def test_rebuild_warns_about_changed_packages_and_leaves_no_file_behind(checkout, tmp_path, monkeypatch):
    lock = environment.environment_lock()
    sklearn = next(line for line in lock.splitlines() if line.startswith("scikit-learn=="))
    changed = lock.replace(sklearn, "scikit-learn==0.0.1").replace("# Python 3", "# Python 4")
    monkeypatch.setattr(environment, "environment_lock", lambda: changed + "new==1.0\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    shown = " ".join(rebuild(exits=0).split())

    assert f"environment scikit-learn was {sklearn.partition('==')[2]}, is 0.0.1" in shown
    assert "environment new was not installed, is 1.0" in shown
    assert shown.count("environment ") == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_rebuild_of_a_candidate_runs_its_stages_and_none_of_another_candidate(own, weak, strong_again):
    again(with_candidates(own, weak, strong_again))
    publish()

    done = CliRunner().invoke(cli, ["rebuild", "2", "--json"], catch_exceptions=False)

    rebuilt = json.loads(done.stdout)
    assert (done.exit_code, rebuilt["verdict"]) == (0, "identical"), done.output
    assert {*rebuilt["stages"]} == {
        "validate_raw",
        "train_model",  # it makes the input example of all
        "train@rolling",
        "profile@rolling",
        "validate@rolling",
    }
