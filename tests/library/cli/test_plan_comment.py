"""A plan in Markdown."""

from __future__ import annotations

from trimtab.cli.plan_comment import plan_comment
from trimtab.pipeline.execution.plan import Plan, PlanStep
from trimtab.pipeline.git import Revision

REVISION = Revision("0" * 40, "0" * 40, dirty=False, overrides={})


def test_comment_counts_the_stages_that_run_and_says_why():
    steps = (
        PlanStep("ingest", "unchanged", "dvc.lock has it", entry={"cmd": "x"}),
        PlanStep("train", "run", "train.depth: 2 → 3"),
    )
    assert plan_comment(Plan(REVISION, steps), "demand", ["fares"]) == (
        "### Plan of demand: 1 of 2 stages run\n\nModels to train: fares\n\n"
        "| stage | state | reason |\n|---|---|---|\n"
        "| ingest | unchanged | dvc.lock has it |\n| train | run | train.depth: 2 → 3 |\n"
    )


def test_reason_with_a_pipe_stays_in_its_cell():
    steps = (PlanStep("a|b", "run", "word: x|y → [link](z)"),)
    assert "| a\\|b | run | word: x\\|y → \\[link\\](z) |" in plan_comment(
        Plan(REVISION, steps), "demand", []
    )


def test_plan_without_stages_has_no_table():
    assert plan_comment(Plan(REVISION, ()), "demand", []) == "### Plan of demand: 0 of 0 stages run\n"
