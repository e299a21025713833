"""Stages that cannot run in a sandbox."""

from __future__ import annotations

import pytest

from trimtab.airflow import DvcDag
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.graph.resolver_process import resolve
from trimtab.pipeline.graph.unsupported import find_unsupported

GIT = "is outside of the git repository"
CASES = {
    "a dependency above": ("stages: {a: {cmd: x, deps: [../x]}}", "a", f"../x {GIT}"),
    "params above": ("stages: {a: {cmd: x, params: [../p.yaml: [k]]}}", "a", f"../p.yaml {GIT}"),
    "a working directory above": ("stages: {a: {cmd: x, wdir: ..}}", "a", f"its working directory .. {GIT}"),
    "an output above": ("stages: {a: {cmd: x, outs: [../o: {cache: false}]}}", "a", f"its output ../o {GIT}"),
    "a cached output above": ("stages: {a: {cmd: x, outs: [../o]}}", "a", "set `cache: false`"),
    "an absolute output": (
        "stages: {a: {cmd: x, outs: [/srv/o: {cache: false}]}}",
        "a",
        "outside of the project",
    ),
    "a dataset": ("stages: {a: {cmd: x, deps: ['ds://cats']}}", "a", "depends on the dataset ds://cats"),
    "a file of a submodule": ("stages: {a: {cmd: x, deps: [libs/one/x.py]}}", "a", "git submodule libs/one"),
}


@pytest.mark.parametrize("case", CASES)
def test_unsupported_stage_is_found_with_the_reason(project, case):
    pipeline, name, reason = CASES[case]
    submodules = '[submodule "one"]\n\tpath = libs/one\n\turl = https://localhost/one\n'
    root = project({"dvc.yaml": pipeline, ".gitmodules": submodules}).root

    [(stage, why)] = find_unsupported(resolve(root)[0], root)

    assert stage == name
    assert reason in why


@pytest.mark.parametrize(
    "text",
    ["[submodule", "", '[submodule "one"]\n\turl = https://localhost/one\n'],
    ids=["torn", "empty", "no path"],
)
def test_gitmodules_without_a_path_names_no_submodule(tmp_path, text):
    (tmp_path / ".gitmodules").write_text(text)
    graph = Graph((Stage("a", ("x",), deps=("libs/one/x.py",)),))

    assert find_unsupported(graph, tmp_path) == []


def test_submodule_with_a_space_and_a_quote_in_its_path_is_named(tmp_path):
    (tmp_path / ".gitmodules").write_text('[submodule "one"]\n\tpath = "libs/my \\"one\\""\n')
    graph = Graph((Stage("a", ("x",), deps=('libs/my "one"/x.py',)),))

    [(_, reason)] = find_unsupported(graph, tmp_path)

    assert 'git submodule libs/my "one"' in reason


@pytest.fixture
def imported(project, tmp_path):
    """A project with an import that is not frozen, and the imported file outside of the project."""
    data = tmp_path / "made"
    data.write_text("1")
    stages = "stages: {a: {cmd: cp copy o, deps: [copy], outs: [o]}, b: {cmd: echo 1 > p, outs: [p]}}"
    checkout = project({"dvc.yaml": stages})
    with checkout.dvc() as repo:
        repo.imp_url(str(data), "copy")
    checkout.edit("copy.dvc", "frozen: true\n", "")
    checkout.repro()
    checkout.commit()
    return checkout, data


def test_import_that_is_not_frozen_can_run_until_its_source_changes(imported):
    checkout, data = imported
    assert checkout.states() == {"a": "unchanged", "b": "unchanged"}

    data.write_text("2")

    with pytest.raises(ProjectError, match=r"import 'copy\.dvc' has changed at its source") as refusal:
        checkout.plan()
    assert "`dvc repro copy.dvc`" in refusal.value.fix
    checkout.repro("copy.dvc")
    checkout.commit()
    assert checkout.states() == {"a": "run", "b": "unchanged"}


def test_dependency_above_the_project_in_the_repository_is_supported(project):
    pipeline = (
        "stages: {a: {wdir: .., cmd: x, deps: [lib, /srv/x, 's3://bucket/x'], outs: [o: {cache: false}]}}"
    )
    root = project({"dvc.yaml": pipeline.replace(", 's3://bucket/x'", "")}, below="sub").root

    assert find_unsupported(resolve(root)[0], root) == []


def test_ordinary_stages_are_supported(project):
    root = project().root

    assert find_unsupported(resolve(root)[0], root) == []


def test_unsupported_stage_is_refused_by_plan_and_dag_before_any_stage_runs(project):
    checkout = project({"dvc.yaml": CASES["a dependency above"][0]})

    with pytest.raises(ProjectError, match=r"cannot run in a sandbox:\n  - a: \.\./x is outside") as refusal:
        checkout.plan()
    assert "`dvc repro` and `trimtab run` still run them" in refusal.value.fix
    with pytest.raises(ProjectError, match="cannot run in a sandbox"):
        DvcDag("any", project=checkout.root)


def test_command_with_an_absolute_path_into_the_checkout_is_refused(project):
    checkout = project({"data/xyz": "", "data/x": "1\n", "dvc.yaml": ""})
    root = checkout.root
    stages = (
        f"a: {{cmd: cat {root}/data/xyz > o, deps: [data/x], outs: [o]}}, "
        f"b: {{cmd: cat {root}/data/x > p, deps: [{root}/data], outs: [p]}}, "
        f"c: {{cmd: echo 1 > {root}/q, outs: [{root}/q]}}"
    )
    checkout.write({"dvc.yaml": f"stages: {{{stages}}}"})

    found = dict(find_unsupported(checkout.graph(), root))

    assert found.keys() == {"b", "c"}
    assert f"contains the absolute path {root}/data; write a relative path" in found["b"]
