"""The comments and the readers of params."""

from __future__ import annotations

import pytest

from tests.library.contracts.conftest import FILES
from trimtab.contracts.params_comments import check_params
from trimtab.contracts.problem import Problem


def test_params_with_comments_that_stages_read_have_no_problem(pipeline):
    assert list(check_params(pipeline())) == []


def test_param_without_a_comment_is_found(pipeline):
    found = check_params(
        pipeline({"params.yaml": FILES["params.yaml"].replace("  # levels, at least 1", "")})
    )
    assert list(found) == [
        Problem(
            "The param 'train.depth' has no comment",
            "params.yaml: train.depth",
            "say its unit and its range in its line",
        )
    ]


@pytest.mark.parametrize(
    "line",
    [
        '  word: "a # b"  # any text',
        "  # any text\n  word: b",
        "  word: {deep: 1}  # any number",
        "  word:  # any texts\n    - b",
    ],
)
def test_comment_in_the_line_or_above_it_counts(pipeline, line):
    assert list(check_params(pipeline({"params.yaml": f"{FILES['params.yaml']}{line}\n"}))) == []


@pytest.mark.parametrize("line", ['  word: "a # b"', "  word: 'a # b'", "  word: a#b", "  word: b  #"])
def test_hash_that_begins_no_comment_does_not_count(pipeline, line):
    (problem,) = check_params(pipeline({"params.yaml": f"{FILES['params.yaml']}{line}\n"}))
    assert problem.what == "The param 'train.word' has no comment"


def test_param_that_nothing_reads_is_found(pipeline):
    extra = f"{FILES['params.yaml']}old:\n  depth: 2  # levels\n"
    (problem,) = check_params(pipeline({"params.yaml": extra}))
    assert (problem.what, problem.where) == ("No stage reads the param 'old.depth'", "params.yaml: old.depth")


def test_param_in_a_command_counts_as_read(pipeline):
    extra = f"{FILES['params.yaml']}old:\n  depth: 2  # levels\n"
    text = FILES["dvc.yaml"].replace("cmd: python judge.py", "cmd: python judge.py ${old.depth}")
    assert list(check_params(pipeline({"params.yaml": extra, "dvc.yaml": text}))) == []


def test_section_that_the_library_reads_needs_neither(pipeline):
    library = f"{FILES['params.yaml']}drift:\n  min_rows: 100\njudge:\n  checks: []\n"
    assert list(check_params(pipeline({"params.yaml": library}))) == []


def test_section_that_a_model_gate_names_needs_neither(pipeline):
    text = FILES["dvc.yaml"].replace("cmd: python judge.py", "cmd: python judge.py --section bounds")
    assert (
        list(
            check_params(
                pipeline({"params.yaml": f"{FILES['params.yaml']}bounds: {{checks: []}}\n", "dvc.yaml": text})
            )
        )
        == []
    )


def test_stage_that_reads_the_whole_file_reads_every_param(pipeline):
    text = FILES["dvc.yaml"].replace("params: [train]", "params: [params.yaml: ]")
    extra = f"{FILES['params.yaml']}old:\n  depth: 2  # levels\n"
    assert list(check_params(pipeline({"params.yaml": extra, "dvc.yaml": text}))) == []
