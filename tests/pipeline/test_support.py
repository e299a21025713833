"""What a run in sandboxes cannot do is named."""

from __future__ import annotations

import pytest

from trimtab.airflow import DvcDag
from trimtab.errors import ProjectError
from trimtab.pipeline.resolve import resolve
from trimtab.pipeline.support import unsupported

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
GIT = "is outside of the git repository"
CASES = {
    "a dependency above": ("stages: {a: {cmd: x, deps: [../x]}}", "a", f"../x {GIT}"),
    "params above": ("stages: {a: {cmd: x, params: [../p.yaml: [k]]}}", "a", f"../p.yaml {GIT}"),
    "a working directory above": ("stages: {a: {cmd: x, wdir: ..}}", "a", f"its working directory .. {GIT}"),
    "an output above": ("stages: {a: {cmd: x, outs: [../o: {cache: false}]}}", "a", f"its output ../o {GIT}"),
    "a cached output above": ("stages: {a: {cmd: x, outs: [../o]}}", "a", "give it `cache: false`"),
    "an absolute output": (
        "stages: {a: {cmd: x, outs: [/srv/o: {cache: false}]}}",
        "a",
        "outside of the project",
    ),
    "a dataset": ("stages: {a: {cmd: x, deps: ['ds://cats']}}", "a", "depends on the dataset ds://cats"),
    "a file of a submodule": ("stages: {a: {cmd: x, deps: [libs/one/x.py]}}", "a", "git submodule libs/one"),
}


@pytest.mark.parametrize("case", CASES)
def test_stage_that_a_sandbox_cannot_run_is_named(project, case):
    pipeline, name, reason = CASES[case]
    submodules = '[submodule "one"]\n\tpath = libs/one\n\turl = https://localhost/one\n'
    root = project({"dvc.yaml": pipeline, ".gitmodules": submodules}).root

    [(stage, why)] = unsupported(resolve(root)[0], root)

    assert stage == name
    assert reason in why


def test_import_that_dvc_would_bring_anew_is_named(project):
    imported = f"deps: [{{path: made, md5: {MD5}}}]\nouts: [{{path: copy, md5: {MD5}}}]\n"
    stages = "stages: {a: {cmd: x, deps: [copy]}, b: {cmd: x}}"
    checkout = project({"copy.dvc": imported, "dvc.yaml": stages})
    graph = resolve(checkout.root)[0]

    [(source, why)] = unsupported(graph, checkout.root)

    assert source == "copy.dvc"
    assert "`dvc freeze copy.dvc`" in why
    assert unsupported(graph.only(("b",)), checkout.root) == []


def test_what_is_above_the_project_but_in_the_repository_is_no_matter(project):
    pipeline = (
        "stages: {a: {wdir: .., cmd: x, deps: [lib, /srv/x, 's3://bucket/x'], outs: [o: {cache: false}]}}"
    )
    root = project({"dvc.yaml": pipeline.replace(", 's3://bucket/x'", "")}, below="sub").root

    assert unsupported(resolve(root)[0], root) == []


def test_everything_else_can_run(project):
    root = project().root

    assert unsupported(resolve(root)[0], root) == []


def test_plan_and_dag_refuse_it_before_anything_runs(project):
    checkout = project({"dvc.yaml": CASES["a dependency above"][0]})

    with pytest.raises(ProjectError, match=r"cannot run in a sandbox:\n  - a: \.\./x is outside") as refusal:
        checkout.plan()
    assert "`dvc repro` and `trimtab run` still run them" in refusal.value.fix
    with pytest.raises(ProjectError, match="cannot run in a sandbox"):
        DvcDag("any", project=checkout.root)
