from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import skops.io
from click.testing import CliRunner
from dvc.repo import Repo

from trimtab.cli.main import cli
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Candidate, find_version
from trimtab.registry import publish as registering
from trimtab.registry.provenance import python_environment as environment
from trimtab.registry.rebuild.recorded_revision import is_project_commit

if TYPE_CHECKING:
    from tests.registry.fixtures import Made

# The commit does not hold all: data is kept by DVC, and a test can choose another model outside of all files.
TRAIN = 'cp "${MODEL:-made/flights.skops}" models/flights.skops && cp made/input_example.parquet models/\n'
EDITS = {
    "cp made/flights.skops made/input_example.parquet models/": "sh made/train.sh",
    "deps: [made/flights.skops, ": "deps: [made/train.sh, rows.txt, made/flights.skops, ",
}


def make(project: Made) -> Made:
    """Put the project into a git repository of its own, its model named, some of its data kept by DVC."""
    edit("dvc.yaml", EDITS | {"  flights: {": f"  {project.name}: {{"})
    Path("made/train.sh").write_text(TRAIN)
    Path("rows.txt").write_text("rows\n")
    Path(".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/rows.txt\n")
    Path(".dvc/.gitignore").write_text("/tmp\n/cache\n/config.local\n")
    with Repo(str(project.root)) as repo:
        repo.add("rows.txt")
    run("git", "init", "-q")
    return again(project)


def again(project: Made) -> Made:
    """Run the pipeline, and commit what it leaves."""
    project.repro()
    run("git", "add", "-A")
    run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "Run")
    return project


@pytest.fixture(scope="module")
def registered(server, template, tmp_path_factory):
    """A project whose model is registered, as version 1."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        project = template.copy(tmp_path_factory.mktemp("rebuilt"), "rebuilt")
        patch.chdir(project.root)
        make(project)
        publish()
    return project


@pytest.fixture
def checkout(client, registered, monkeypatch):
    """That project, which a test leaves as it was."""
    monkeypatch.chdir(registered.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return registered


@pytest.fixture
def own(client, project, monkeypatch):
    """One that a test may change, not registered yet."""
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return make(project)


@pytest.fixture
def tag(client, checkout):
    """Tag the version; afterwards its tags are what they were."""
    before = find_version(checkout.name, 1).tags
    yield lambda name, value: client.set_model_version_tag(checkout.name, "1", f"trimtab.{name}", value)
    for name in find_version(checkout.name, 1).tags.keys() - before.keys():
        client.delete_model_version_tag(checkout.name, "1", name)
    for name, value in before.items():
        client.set_model_version_tag(checkout.name, "1", name, value)


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


def test_rebuild_of_another_model_differs_in_predictions_and_lists_the_first_stage_first(
    checkout, weak, tmp_path, monkeypatch
):
    skops.io.dump(weak, tmp_path / "weak.skops")
    monkeypatch.setenv("MODEL", str(tmp_path / "weak.skops"))

    shown = rebuild("--json", exits=1)

    found = json.loads(shown)["differences"]
    example, window = found[-2:]
    assert (found[0]["kind"], found[0]["what"]) == ("output", "train: models/flights.skops")
    assert (example["kind"], example["what"]) == ("prediction", "the input example")
    assert (window["recorded"], window["rebuilt"]) == ("300 rows", "300 changed")
    assert window["by"].startswith("at most 0.")


def test_rebuild_shows_both_values_of_a_metric_that_differs(client, checkout):
    run_id = find_version(checkout.name, 1).run_id
    client.log_metric(run_id, "model.roc_auc", 0.9)

    found = json.loads(rebuild("--json", exits=1))

    client.log_metric(run_id, "model.roc_auc", 0.81)
    assert found["differences"] == [
        {"kind": "metric", "what": "model.roc_auc", "recorded": "0.9", "rebuilt": "0.81", "by": "-0.09"}
    ]


def test_rebuild_names_stage_and_path_of_an_output_that_differs(own):
    plots = "cp -r made/plots reports/"
    edit("dvc.yaml", {plots: f"{plots} && date +%N > reports/plots/now.csv"})
    again(own)
    publish()

    shown = rebuild(exits=1)

    assert ": differs" in " ".join(shown.split())
    (row,) = [line for line in shown.splitlines() if line.startswith("output")]
    assert row.split()[1:3] == ["evaluate:", "reports/plots"]


@pytest.mark.slow
def test_rebuild_with_a_failing_stage_differs_after_a_difference_and_is_an_error_before_one(
    own, tmp_path, monkeypatch
):
    gate = "cp -r made/validate_model reports/"
    edit("dvc.yaml", {f"cmd: {gate}": f'cmd: test -z "$BROKEN" && {gate}'})
    again(own)
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


@pytest.mark.slow
def test_rebuild_includes_uncommitted_changes(own):
    edit("params.yaml", {"c: 1e-3": "c: 1e-4"})
    Path("made/train.sh").write_text(f"{TRAIN}# a comment\n")
    own.repro()
    publish()
    run("git", "checkout", "-q", ".")

    assert json.loads(rebuild("--json", exits=0))["verdict"] == "identical"


def test_rebuild_names_data_that_is_lost(checkout, tmp_path):
    (kept,) = [path for path in Path(".dvc/cache/files").rglob("*") if path.is_file() and is_rows(path)]
    away = [(Path("rows.txt"), tmp_path / "rows.txt"), (kept, tmp_path / "kept")]
    for path, aside in away:
        path.rename(aside)

    shown = rebuild(exits=2)

    for path, aside in away:
        aside.rename(path)
    assert "'rows.txt'" in shown
    assert "is not in DVC's cache" in shown


def is_rows(path: Path) -> bool:
    return path.read_bytes() == b"rows\n"


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


def publish_with(project: Made, **lineage: str) -> None:
    """Publish as on another host, whose commits may be elsewhere."""
    registering(Candidate.gather(project.root, Project(project.root).graph(), lineage=lineage))


def test_rebuild_refuses_a_lock_that_was_tampered_with(checkout, tag):
    tag("lock_hash", "0" * 64)
    assert "differ from those it was registered with: trimtab.lock_hash" in rebuild(exits=2)


def test_rebuild_fails_when_the_server_does_not_answer(checkout, closed_port, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed_port}")
    assert "does not answer" in rebuild(exits=2)


@pytest.mark.slow
def test_rebuild_refuses_a_stage_that_writes_outside_of_the_project(own, tmp_path):
    outside = tmp_path / "outside.txt"
    changes = {
        "cmd: cp made/reference.json": f"cmd: date +%N > {outside}; cp made/reference.json",
        "outs: [models/reference.json]": f"outs: [models/reference.json, {outside}: {{cache: false}}]",
    }
    edit("dvc.yaml", changes)
    again(own)
    publish()
    before = outside.read_text()

    assert "a rebuild would overwrite it" in rebuild(exits=2)
    assert outside.read_text() == before


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
