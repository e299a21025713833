"""The plan: which stages must run, and the reason."""

from __future__ import annotations

import json
import shutil

import pytest

from trimtab.errors import ConfigError, ProjectError
from trimtab.pipeline.execution.plan import Plan, make_plan
from trimtab.pipeline.git.revision import Revision, pin_revision
from trimtab.user_cache import cache_folder

STAGES = ["draw", "clean", "count", "judge"]
ALL_UNCHANGED = dict.fromkeys(STAGES, "unchanged")


def reasons(checkout) -> dict[str, str]:
    return {step.stage: step.reason for step in checkout.plan().steps}


def corrupt(path) -> None:
    path.chmod(0o644)
    path.write_text("corrupt")


def test_stage_that_never_ran_runs_with_its_downstream_stages(project):
    assert reasons(project()) == {
        "draw": "it has never run",
        "clean": "after draw",
        "count": "after clean",
        "judge": "after count",
    }


def test_stages_in_dvc_lock_are_unchanged(project):
    checkout = project(ran=True)
    shutil.rmtree(checkout.root / ".dvc" / "cache" / "runs")

    plan = checkout.plan()

    assert {step.stage: step.state for step in plan.steps} == ALL_UNCHANGED
    assert {step.reason for step in plan.steps} == {"dvc.lock has it"}
    assert plan.unchanged == {stage: checkout.locked(stage) for stage in STAGES}


def test_result_of_a_run_is_found_in_the_run_cache(project):
    checkout = project()
    run = checkout.run_all()

    plan = checkout.plan()

    assert {step.reason for step in plan.steps} == {"the run cache has it"}
    assert plan.unchanged == run.entries


def test_result_of_dvc_repro_is_found_in_the_run_cache(project):
    checkout = project(ran=True)
    checkout.edit("params.yaml", "rows: 3 ", "rows: 5 ")
    checkout.repro()
    computed = {stage: checkout.locked(stage) for stage in STAGES}
    checkout.git("checkout", "--quiet", "dvc.lock")

    plan = checkout.plan()

    assert [step.reason for step in plan.steps[:2]] == ["the run cache has it"] * 2
    assert plan.unchanged == computed


def test_result_of_a_run_is_restored_by_dvc_repro(project, tmp_path):
    log = tmp_path / "log"
    checkout = project()
    checkout.edit("dvc.yaml", "touch judged.txt", f"touch judged.txt && echo judged >> {log}")
    checkout.run_all()

    assert checkout.repro() == STAGES

    assert log.read_text() == "judged\n"


DEPS, OUTS, PARAMS = "deps: [metrics.json]", "outs: [report]", "params: [judge.limit]"
CHANGES = {
    "a param": ("params.yaml", "limit: 0.5", "limit: 0.9", "judge", "judge.limit: 0.5 → 0.9"),
    "another param": ("dvc.yaml", PARAMS, "params: [judge]", "judge", "judge.limit: (none) → 0.5"),
    "a command": ("dvc.yaml", "cat data", "cat -u data", "clean", "cmd changed"),
    "a file of git": ("data/source.txt", "source", "other", "clean", "data/source.txt changed"),
    "one more dependency": ("dvc.yaml", DEPS, "deps: [metrics.json, x]", "judge", "x is a new dependency"),
    "one more output": ("dvc.yaml", OUTS, "outs: [report, x]", "judge", "x is a new output"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_reason_names_the_change(project, change):
    path, old, new, stage, reason = CHANGES[change]
    checkout = project(ran=True)
    if "dependency" in change:
        checkout.write({"x": ""})
    checkout.edit(path, old, new)

    plan = checkout.plan()

    first = next(step for step in plan.steps if step.state == "run")
    assert (first.stage, first.reason) == (stage, reason)
    assert {step.state for step in plan.steps[plan.steps.index(first) :]} == {"run"}
    assert {step.state for step in plan.steps[: plan.steps.index(first)]} <= {"unchanged"}


def test_reason_names_all_changes(project):
    checkout = project(ran=True)
    checkout.edit("dvc.yaml", "cat data", "cat -u data")
    checkout.edit("data/source.txt", "source", "other")

    assert reasons(checkout)["clean"] == "cmd changed; data/source.txt changed"


def test_plan_uses_the_params_set_for_the_run(project):
    checkout = project(ran=True)

    steps = {step.stage: step for step in checkout.plan({"judge.limit": 0.9}).steps}

    assert (steps["count"].state, steps["judge"].reason) == ("unchanged", "judge.limit: 0.5 → 0.9")


def test_output_that_git_keeps_need_not_be_in_the_cache(project):
    checkout = project(ran=True)
    made = checkout.cache_object(checkout.locked("count")["outs"][0]["md5"])
    made.unlink()

    assert set(checkout.states().values()) == {"unchanged"}
    assert made.exists()  # so that it can travel


def test_plan_that_allows_missing_outputs_says_what_has_changed(project):
    checkout = project(ran=True)
    shutil.rmtree(checkout.root / ".dvc" / "cache")

    def states() -> dict[str, str]:
        plan = make_plan(checkout.root, pin_revision(checkout.root), checkout.graph(), allow_missing=True)
        return {step.stage: step.state for step in plan.steps}

    assert states() == ALL_UNCHANGED
    checkout.edit("params.yaml", "limit: 0.5", "limit: 0.6")
    assert states() == {**ALL_UNCHANGED, "judge": "run"}


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), corrupt], ids=["missing", "corrupt"])
@pytest.mark.parametrize("stage", ["clean", "judge"])
def test_stage_runs_if_its_outputs_cannot_be_checked_out(project, stage, damage):
    checkout = project(ran=True)
    made = checkout.cache_object(checkout.locked(stage)["outs"][0]["md5"])
    if stage == "judge":  # a file in its folder
        made = checkout.cache_object(json.loads(made.read_text())[0]["md5"])
    damage(made)

    plan = checkout.plan()

    first = next(step for step in plan.steps if step.state == "run")
    assert first.stage == stage
    assert first.reason == "an output that dvc.lock names is not in the cache"


SHAPES = """\
stages:
  parts:
    cmd: mkdir -p parts && seq 3 > parts/a && seq 4 > parts/b
    deps: [source]
    outs: [parts/a, parts/b]
  folder:
    cmd: mkdir -p folder/deep && seq 5 > folder/deep/c && seq 6 > folder/d
    deps: [source]
    outs: [folder]
  choose:
    cmd: 'echo "best: 3" > chosen.yaml'
    deps: [source]
    outs: [chosen.yaml]
  gather:
    wdir: sub
    cmd: cat ../parts/* ../folder/deep/c > all
    deps: [../parts, ../folder/deep]
    params: [{../chosen.yaml: [best]}]
    outs: [all]
"""


def test_dependency_on_a_part_of_an_output_is_planned(project, tmp_path):
    ignored = "parts\nfolder\nall\nchosen.yaml\n"
    checkout = project({"dvc.yaml": SHAPES, "source": "1", "sub/kept": "", ".gitignore": ignored}, ran=True)
    assert set(checkout.states().values()) == {"unchanged"}
    checkout.edit("dvc.yaml", "seq 5", "seq 7")
    checkout.edit("dvc.yaml", "best: 3", "best: 4")
    beside = checkout.copy(tmp_path / "beside")
    beside.repro()

    run = checkout.run_all()

    assert run.ran == ["folder", "choose", "gather"]
    assert checkout.show(run.record.commit, "dvc.lock") == beside.lock()


def test_stage_with_equal_inputs_from_a_rerun_stage_does_not_run(project):
    checkout = project(ran=True)
    checkout.edit("dvc.yaml", "cat data", "cat -u data")

    assert checkout.run_all().ran == ["clean"]


def test_stage_that_always_runs_is_planned_to_run(project):
    checkout = project(ran=True)
    checkout.edit("dvc.yaml", "metrics:", "always_changed: true\n    metrics:")

    assert reasons(checkout)["count"] == "it always runs"


def test_plan_works_if_the_database_of_intact_objects_is_corrupt(project):
    checkout = project(ran=True)
    before = checkout.states()
    torn = list(cache_folder(checkout.root, "objects").rglob("cache.db"))
    for database in torn:
        database.write_bytes(b"none")

    assert torn
    assert checkout.states() == before


def test_missing_dependency_is_named_with_its_stage(project):
    checkout = project(ran=True)
    (checkout.root / "data/source.txt").unlink()

    with pytest.raises(ProjectError, match=r"dependency 'data/source\.txt' does not exist") as refusal:
        checkout.plan()

    assert "stage 'clean'" in refusal.value.where


def test_missing_param_is_named_with_its_stage(project):
    checkout = project(ran=True)
    checkout.edit("params.yaml", "limit", "bound")

    with pytest.raises(ProjectError, match=r"param 'judge\.limit' does not exist") as refusal:
        checkout.plan()

    assert "stage 'judge'" in refusal.value.where


def test_plan_is_equal_after_a_round_trip_through_json(project):
    plan = project(ran=True).plan({"judge.limit": 0.9})

    values, entries = json.loads(json.dumps([plan.to_dict(), plan.unchanged]))
    assert Plan.from_dict(values, entries) == plan
    assert len(json.dumps(plan.to_dict()["steps"])) < 150 * len(plan.steps)


def test_plan_is_read_from_the_xcom_of_an_earlier_release():
    revision = {"sha": "a" * 40, "baseline": "b" * 40, "dirty": True, "overrides": {"train.depth": 5}}
    steps = [
        {"stage": "draw", "state": "unchanged", "reason": "dvc.lock has it", "digest": "1"},
        {"stage": "clean", "state": "run", "reason": "after draw", "digest": "2"},
    ]
    xcom = {"revision": revision, "steps": steps}
    plan = Plan.from_dict(xcom, {"draw": {"cmd": "x"}})
    assert plan.revision == Revision(**revision)
    assert plan.unchanged == {"draw": {"cmd": "x"}}
    assert plan.to_dict() == xcom


def test_run_cache_entry_is_used_if_the_outputs_of_dvc_lock_are_gone(project):
    checkout = project(ran=True)
    checkout.write({".gitignore": checkout.read(".gitignore") + "noise.txt\n"})
    noise = "stages: {noise: {cmd: date +%N > noise.txt, deps: [data/source.txt], outs: [noise.txt]}}"
    checkout.write({"dvc.yaml": noise})
    checkout.repro()
    checkout.commit()
    checkout.cache_object(checkout.locked("noise")["outs"][0]["md5"]).unlink()
    made = checkout.run_all()
    assert made.ran == ["noise"]

    assert reasons(checkout)["noise"] == "the run cache has it"


def test_params_of_a_run_that_change_the_stages_are_refused(project):
    stages = """\
stages:
  each:
    foreach: ${names}
    do: {cmd: "echo > ${item}.txt", deps: [source], outs: ["${item}.txt"]}
  first: {cmd: echo > first.out, deps: [source], outs: [first.out]}
  last: {cmd: "cat ${of} > last.out", deps: ["${of}"], outs: [last.out]}
"""
    files = {"dvc.yaml": stages, "params.yaml": "names: [a, b]\nof: source\n", "source": "1\n"}
    checkout = project({**files, ".gitignore": "*.txt\n*.out\n"})

    assert len(checkout.plan({"names": ["b", "a"]}).steps) == 4
    with pytest.raises(ProjectError, match="revision has no stage 'each@b'"):
        checkout.plan({"names": ["a", "c"]})
    with pytest.raises(ProjectError, match="the stage 'last' waits for first too"):
        checkout.plan({"of": "first.out"})


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("promote:\n  policy: aproval\n", "'policy' is 'aproval'"),
        ("promote:\n  metric: mae\n", "'mae' does not fit the problem type: models of type binary"),
        ("drift:\n  budgets: 3\n", "did you mean 'budget'"),
    ],
)
def test_plan_refuses_an_invalid_params_section_of_the_library(project, section, said):
    checkout = project(ran=True)
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text() + section)
    with pytest.raises(ConfigError, match=said):
        checkout.plan()


def test_plan_checks_the_promote_metric_against_the_declared_problem_type(project):
    checkout = project(ran=True)
    root = checkout.root
    with (root / "dvc.yaml").open("a") as pipeline, (root / "params.yaml").open("a") as params:
        pipeline.write("artifacts:\n  m: {path: m.skops, type: model, meta: {problem_type: regression}}\n")
        params.write("promote:\n  metric: mae\n")
    checkout.plan()
    (root / "params.yaml").write_text((root / "params.yaml").read_text().replace("mae", "roc_auc"))
    with pytest.raises(ConfigError, match="models of type regression are not compared in it"):
        checkout.plan()
