from __future__ import annotations

import json
import subprocess
from pathlib import Path

import mlflow
import pytest
import skops.io
from click.testing import CliRunner
from dvc.repo import Repo

from trimtab.cli import cli
from trimtab.registry import environment, find_version, provenance

# The commit does not hold all: data is kept by DVC, and a test can choose another model outside of all files.
TRAIN = 'cp "${MODEL:-made/flights.skops}" models/flights.skops && cp made/input_example.parquet models/\n'
EDITS = {
    "cp made/flights.skops made/input_example.parquet models/": "sh made/train.sh",
    "deps: [made/flights.skops, ": "deps: [made/train.sh, rows.txt, made/flights.skops, ",
}


@pytest.fixture
def checkout(client, project, monkeypatch):
    """The project in a git repository of its own, its model named, some of its data kept by DVC."""
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    edit("dvc.yaml", EDITS | {"  flights: {": f"  {project.name}: {{"})
    (project.root / "made" / "train.sh").write_text(TRAIN)
    (project.root / "rows.txt").write_text("rows\n")
    (project.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/rows.txt\n")
    (project.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n/config.local\n")
    with Repo(str(project.root)) as repo:
        repo.add("rows.txt")
    project.repro()
    commit("First")
    return project


def edit(path: str, changes: dict[str, str]) -> None:
    text = Path(path).read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    Path(path).write_text(text)


def run(*args: str) -> str:
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(message: str) -> None:
    if not Path(".git").exists():
        run("git", "init", "-q")
    run("git", "add", "-A")
    run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", message)


def publish() -> None:
    done = CliRunner().invoke(cli, ["publish"], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def rebuild(*args: str, exits: int) -> str:
    done = CliRunner().invoke(cli, ["rebuild", "1", *args], catch_exceptions=False)
    assert done.exit_code == exits, done.output
    return done.stdout


def files(root: Path) -> dict[str, bytes]:
    """The user's own files, and what the cache holds; not what is remembered to be faster."""
    own = [path for path in root.rglob("*") if path.is_file() and ".dvc/tmp" not in str(path)]
    return {str(path): path.read_bytes() for path in own if ".git/" not in str(path)}


def test_a_version_is_made_again_and_is_identical(client, checkout, tmp_path):
    publish()
    name, before = checkout.name, files(checkout.root)
    client.set_registered_model_alias(name, "champion", "1")
    version = find_version(name, 1)
    (checkout.root / "made" / "train.sh").write_text("exit 1\n")  # what is being worked on is not asked
    after = {**before, str(checkout.root / "made" / "train.sh"): b"exit 1\n"}

    shown = rebuild(exits=0)

    assert f"{name} version 1 at" in shown.replace("\n", " ")
    assert "identical" in shown
    assert "outputs of 4 stages, " in shown
    assert "predictions on the input example (5 rows)" in " ".join(shown.split())
    assert "the test window (300 rows)" in " ".join(shown.split())
    assert files(checkout.root) == after, "no file of the user's, and nothing in the cache"
    assert find_version(name, 1) == version
    assert client.get_registered_model(name).aliases == {"champion": "1"}
    assert run("git", "worktree", "list").count("\n") == 1


def test_a_stage_that_comes_to_something_else_is_named_with_the_path(client, checkout):
    plots = "cp -r made/plots reports/"
    edit("dvc.yaml", {plots: f"{plots} && date +%N > reports/plots/now.csv"})
    checkout.repro()
    commit("Draw the time")
    publish()

    found = json.loads(rebuild("--json", exits=1))

    assert found["verdict"] == "differs"
    assert [(each["kind"], each["what"]) for each in found["differences"]] == [
        ("output", "evaluate: reports/plots")
    ]
    assert found["stopped"] == ""


def test_another_model_is_told_by_its_predictions_the_first_stage_first(
    client, checkout, weak, tmp_path, monkeypatch
):
    publish()
    other = tmp_path / "weak.skops"
    skops.io.dump(weak, other)
    monkeypatch.setenv("MODEL", str(other))

    found = json.loads(rebuild("--json", exits=1))

    kinds = [(each["kind"], each["what"]) for each in found["differences"]]
    assert kinds[0] == ("output", "train: models/flights.skops")
    assert ("prediction", "the test window") in kinds
    window = next(each for each in found["differences"] if each["what"] == "the test window")
    assert (window["recorded"], window["rebuilt"]) == ("300 rows", "300 changed")
    assert window["by"].startswith("at most 0.")
    assert "train: models/flights.skops" in " ".join(rebuild(exits=1).split())


def test_a_metric_that_differs_is_told_with_both_values(client, checkout):
    publish()
    run_id = find_version(checkout.name, 1).run_id
    client.log_metric(run_id, "model.roc_auc", 0.9)

    found = json.loads(rebuild("--json", exits=1))

    (metric,) = found["differences"]
    assert metric == {
        "kind": "metric",
        "what": "model.roc_auc",
        "recorded": "0.9",
        "rebuilt": "0.81",
        "by": "-0.09",
    }


def test_a_stage_that_fails_after_a_difference_is_a_difference_and_before_one_a_reason(
    client, checkout, tmp_path, monkeypatch
):
    gate = "cp -r made/validate_model reports/"
    edit("dvc.yaml", {f"cmd: {gate}": f'cmd: test -z "$BROKEN" && {gate}'})
    checkout.repro()
    commit("A gate that can fail")
    publish()
    monkeypatch.setenv("BROKEN", "yes")

    reason = json.loads(rebuild("--json", exits=2))
    assert reason["verdict"] == "cannot"
    assert "exit code 1" in reason["what"]
    assert "validate_model" in reason["where"]

    (tmp_path / "other.skops").write_bytes(Path("made/flights.skops").read_bytes() + b" ")
    monkeypatch.setenv("MODEL", str(tmp_path / "other.skops"))
    found = json.loads(rebuild("--json", exits=1))
    assert found["differences"][0]["what"] == "train: models/flights.skops"
    assert "validate_model" in found["stopped"]


def test_what_was_not_committed_is_part_of_it(client, checkout):
    edit("params.yaml", {"c: 1e-3": "c: 1e-4"})
    Path("made/train.sh").write_text(f"{TRAIN}# a comment\n")
    checkout.repro()
    publish()
    run("git", "checkout", "-q", ".")

    assert json.loads(rebuild("--json", exits=0))["verdict"] == "identical"


def test_data_that_is_gone_is_said_by_name(client, checkout):
    publish()
    Path("rows.txt").unlink()
    for kept in Path(".dvc/cache/files").rglob("*"):
        if kept.is_file() and kept.read_bytes() == b"rows\n":
            kept.chmod(0o600)
            kept.unlink()

    shown = rebuild(exits=2)

    assert "'rows.txt'" in shown
    assert "is not in DVC's cache" in shown


def test_a_commit_that_is_gone_is_said(client, checkout):
    publish()
    client.set_model_version_tag(checkout.name, "1", "trimtab.git_revision", "f" * 40)
    shown = rebuild(exits=2)
    assert "holds no commit" in shown
    assert "ffffffffffff" in shown


def test_the_commit_of_the_record_comes_first(client, checkout):
    publish()
    head = run("git", "rev-parse", "HEAD").strip()
    client.set_model_version_tag(checkout.name, "1", "trimtab.git_revision", "f" * 40)
    client.set_model_version_tag(checkout.name, "1", "trimtab.record", head)
    assert json.loads(rebuild("--json", exits=0))["commit"] == head


def test_a_lock_that_was_tampered_with_is_said(client, checkout):
    publish()
    client.set_model_version_tag(checkout.name, "1", "trimtab.lock_hash", "0" * 64)
    assert "not the one it was registered with" in rebuild(exits=2)


def test_a_server_that_is_away_is_said(checkout, closed_port, monkeypatch):
    publish()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed_port}")
    assert "does not answer" in rebuild(exits=2)


def test_a_stage_that_would_write_elsewhere_is_not_run(client, checkout, tmp_path):
    outside = tmp_path / "outside.txt"
    changes = {
        "cmd: cp made/reference.json": f"cmd: date +%N > {outside}; cp made/reference.json",
        "outs: [models/reference.json]": f"outs: [models/reference.json, {outside}: {{cache: false}}]",
    }
    edit("dvc.yaml", changes)
    checkout.repro()
    commit("Write elsewhere")
    publish()
    before = outside.read_text()

    assert "would change what is there" in rebuild(exits=2)
    assert outside.read_text() == before


def test_what_is_installed_now_is_told_where_it_differs(client, checkout, monkeypatch):
    publish()
    lock = environment.environment_lock()
    sklearn = next(line for line in lock.splitlines() if line.startswith("scikit-learn=="))
    changed = lock.replace(sklearn, "scikit-learn==0.0.1").replace("# Python 3", "# Python 4")
    monkeypatch.setattr(provenance, "environment_lock", lambda: changed + "new==1.0\n")

    found = json.loads(rebuild("--json", exits=0))

    was = sklearn.partition("==")[2]
    assert f"scikit-learn was {was}, is 0.0.1" in found["warnings"]
    assert "new was not installed, is 1.0" in found["warnings"]
    assert len(found["warnings"]) == 3
    assert "environment scikit-learn was" in " ".join(rebuild(exits=0).split())


def test_nothing_is_left_in_the_folder_for_temporary_files(client, checkout, tmp_path, monkeypatch):
    publish()
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    mlflow.set_tracking_uri(client.tracking_uri)
    rebuild(exits=0)
    assert list(temp.iterdir()) == []
