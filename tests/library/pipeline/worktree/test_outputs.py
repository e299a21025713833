"""Outputs of a stage that has run: checked and stored."""

from __future__ import annotations

import pytest

from tests.library.pipeline.single_stage import cache_files, run_one_stage, write_single_stage
from trimtab.errors import StageError
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision


def test_outputs_that_git_keeps_are_stored_in_the_cache(project):
    checkout = project()
    write_single_stage(checkout, "cat data/source.txt > out.txt", outs=[{"out.txt": {"cache": False}}])

    entry = run_one_stage(checkout, "only").entry

    assert checkout.cache_object(entry["outs"][0]["md5"]).read_text() == "source\n"


def test_failed_command_stores_nothing_in_the_cache(project):
    checkout = project()
    write_single_stage(checkout, "echo half > out.txt; exit 3")
    before = cache_files(checkout)

    with pytest.raises(CommandError, match="exit code 3") as failure:
        run_one_stage(checkout, "only")

    assert failure.value.exit_code == 3
    assert failure.value.where == "stage 'only'"
    assert cache_files(checkout) == before


def test_output_that_was_not_written_is_named(project):
    checkout = project()
    write_single_stage(checkout, "echo 1 > another.txt")
    before = cache_files(checkout)

    with pytest.raises(StageError, match=r"did not write its output.*'out\.txt' does not exist"):
        run_one_stage(checkout, "only")

    assert cache_files(checkout) == before


@pytest.mark.parametrize(
    ("cmd", "stage", "reason"),
    [
        ("cat > out.txt", {"deps": ["gone.txt"]}, r"dependency 'gone\.txt' does not exist"),
        ("echo 1 > out.txt", {"params": ["gone"]}, "param 'gone' does not exist"),
        ("echo 1 > out.txt", {"wdir": "gone"}, r"'gone/data/source\.txt' does not exist"),
        ("mkfifo out.txt", {}, "is neither a file nor a folder"),
        ("head -c 99 /dev/zero > m", {"outs": [], "metrics": ["m"]}, "cannot be used as metrics"),
    ],
)
def test_stage_that_dvc_refuses_is_refused_with_its_reason(project, cmd, stage, reason):
    checkout = project()
    write_single_stage(checkout, cmd, **stage)

    with pytest.raises(StageError, match=reason) as refusal:
        run_stage(checkout.root, pin_revision(checkout.root), checkout.graph(), "only", {})

    assert "stage 'only'" in refusal.value.where
