"""Several pipelines in one repository: each runs as if it was alone, whatever a team does to another one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library.conftest import Checkout
from tests.library.pipeline.several_pipelines import add_pipeline, pipeline_files
from trimtab.pipeline.record.checkout import check_out

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def a(project) -> Checkout:
    return project(pipeline_files("a", 1), folder="repository", below="pipelines/a")


@pytest.fixture
def b(a: Checkout) -> Checkout:
    return add_pipeline(a, "b", pipeline_files("b", 2))


def _second_writer(a: Checkout) -> None:
    a.edit("dvc.yaml", "outs: [size.txt]", "outs: [model.txt]")


def _cycle(a: Checkout) -> None:
    a.edit("dvc.yaml", "deps: [helper.py, train.py]", "deps: [helper.py, train.py, size.txt]")


def _embedded_repository(a: Checkout) -> None:
    inner = Checkout(a.root / "vendored")
    inner.root.mkdir()
    inner.git("init", "--quiet")
    inner.commit()


# The others are for `make test-all`.
IN_EACH_RUN = ("dvc.yaml is no YAML", "two stages have one output", "the model is named like that of b")
CHANGES: dict[str, Callable[[Checkout], object]] = {
    "dvc.yaml is no YAML": lambda a: a.write({"dvc.yaml": "stages: ["}),
    "dvc.yaml has an unknown key": lambda a: a.edit("dvc.yaml", "    deps: [model", "    needs: [model"),
    "dvc.yaml has conflict markers": lambda a: a.write({"dvc.yaml": "<<<<<<< HEAD\nstages:\n=======\n"}),
    "dvc.yaml is gone": lambda a: (a.root / "dvc.yaml").unlink(),
    "the stages are a cycle": _cycle,
    "two stages have one output": _second_writer,
    "a stage is renamed": lambda a: a.edit("dvc.yaml", "  evaluate:", "  judge:"),
    "params.yaml is no YAML": lambda a: a.write({"params.yaml": "train: {"}),
    "params.yaml is gone": lambda a: (a.root / "params.yaml").unlink(),
    "the lock file is no YAML": lambda a: a.write({"dvc.lock": "{"}),
    "the stage code is broken": lambda a: a.write(
        {"train.py": "def\n", "helper.py": "raise SystemExit(1)\n"}
    ),
    "files are named like packages": lambda a: a.write(
        {"dvc.py": "1/0", "yaml.py": "1/0", "trimtab.py": "1/0"}
    ),
    "the project is no DVC project": lambda a: shutil.rmtree(a.root / ".dvc"),
    "DVC's config is broken": lambda a: a.write({".dvc/config": "[cache\n"}),
    "everything is ignored": lambda a: a.write({".gitignore": "*\n", ".dvcignore": "*\n"}),
    "the model is named like that of b": lambda a: a.edit("dvc.yaml", "model-a", "model-b"),
    "it holds another repository": _embedded_repository,
    "it is gone": lambda a: shutil.rmtree(a.root),
}


def run_of(b: Checkout) -> tuple[object, str, str]:
    """Run a pipeline; return its plan, its lock file and the model that it made."""
    run = b.run_all()
    steps = [(step.stage, step.state, step.reason) for step in run.plan.steps]
    return steps, b.show(run.record.commit, "dvc.lock"), run.entries["train"]["outs"][0]["md5"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=name, marks=[] if name in IN_EACH_RUN else [pytest.mark.slow])
        for name, change in CHANGES.items()
    ],
)
def test_change_of_one_pipeline_leaves_plan_and_lock_of_another_as_they_are(a, b, tmp_path, change):
    expected = run_of(b.copy(tmp_path / "before"))

    change(a)

    assert b.states() == {"train": "run", "evaluate": "run"}, "with the change uncommitted"
    b.commit("A change of the other team")
    assert run_of(b) == expected


def test_run_of_one_pipeline_leaves_another_up_to_date(a, b):
    a.repro()
    a.commit("Ran")
    b.run_all()
    assert a.repro() == []
    assert set(a.states().values()) == {"unchanged"}


def test_recorded_lock_of_a_pipeline_equals_the_one_that_dvc_repro_writes_in_its_folder(a, b, tmp_path):
    by_dvc = b.copy(tmp_path / "by-dvc")
    by_dvc.repro()

    record = b.run_all().record

    assert b.show(record.commit, "dvc.lock") == by_dvc.lock()
    assert b.git("diff", "--name-only", record.revision, record.commit).splitlines() == [
        "pipelines/b/.gitignore",
        "pipelines/b/dvc.lock",
    ]


def test_record_of_a_pipeline_is_an_experiment_that_can_be_checked_out(b, tmp_path):
    b.edit("helper.py", "b {depth}", "changed {depth}")
    record = b.run_all({"train.depth": 5}, name="tuned").record
    assert "tuned" in b.git("for-each-ref", "refs/exps")

    check_out(b.root, "tuned", tmp_path / "out")

    out = Checkout(tmp_path / "out" / "pipelines" / "b")
    assert out.git("rev-parse", "HEAD") == record.commit
    assert out.read("model.txt") == "changed 5", "with the changes that were not committed"
    assert not (tmp_path / "out" / "pipelines" / "a" / "model.txt").exists()
    assert out.repro() == []


def test_root_pipeline_of_this_template_does_not_see_a_pipeline_that_lost_its_project(project):
    root = project({**pipeline_files("root", 1), ".dvcignore": (REPOSITORY / ".dvcignore").read_text()})
    (root.root / "pipelines" / "b").mkdir(parents=True)
    a = add_pipeline(Checkout(root.root / "pipelines" / "b"), "a", pipeline_files("a", 2))
    shutil.rmtree(a.root / ".dvc")
    a.write({"dvc.yaml": "stages: ["})
    assert [stage.name for stage in root.graph().stages] == ["train", "evaluate"]
