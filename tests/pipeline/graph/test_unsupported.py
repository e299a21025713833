"""What a run in sandboxes cannot do is named."""

from __future__ import annotations

import pytest

from trimtab.airflow import DvcDag
from trimtab.errors import ProjectError
from trimtab.pipeline.graph.resolver_process import resolve
from trimtab.pipeline.graph.unsupported import unsupported

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


@pytest.fixture
def imported(project, tmp_path):
    """A project with an import of a file beside it that is not frozen, and that file."""
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


def test_import_that_is_not_frozen_is_served_until_it_changes(imported):
    checkout, data = imported
    assert checkout.states() == {"a": "unchanged", "b": "unchanged"}

    data.write_text("2")

    with pytest.raises(ProjectError, match=r"import 'copy\.dvc' has changed at its source") as refusal:
        checkout.plan()
    assert "`dvc repro copy.dvc`" in refusal.value.fix
    checkout.repro("copy.dvc")
    checkout.commit()
    assert checkout.states() == {"a": "run", "b": "unchanged"}


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


ABSOLUTE = """stages:
  a: {cmd: mkdir -p data && cp source.txt data/x, deps: [ROOT/source.txt], outs: [ROOT/data/x]}
  b: {wdir: ROOT/sub, cmd: cp ../data/x b, deps: [../data/x], outs: [ROOT/sub/b: {cache: false}]}
  c: {cmd: cp sub/b c, deps: [ROOT/sub/b], params: [ROOT/params.yaml: [n]], outs: [c]}
"""


def test_absolute_paths_into_the_project_are_those_of_the_sandbox(project):
    checkout = project({"source.txt": "1\n", "params.yaml": "n: 1\n", "sub/keep": "", "dvc.yaml": ""})
    checkout.write({"dvc.yaml": ABSOLUTE.replace("ROOT", str(checkout.root))})
    checkout.commit()
    before = checkout.state()

    run = checkout.run_all()

    assert checkout.state() == before
    beside = checkout.clone(checkout.root.parent / "beside", run.record.commit)
    checkout.repro()
    assert checkout.lock() == beside.lock()
    checkout.commit()
    assert set(checkout.states().values()) == {"unchanged"}


def test_command_that_names_a_path_by_its_place_in_the_checkout_is_refused(project):
    checkout = project({"data/xyz": "", "data/x": "1\n", "dvc.yaml": ""})
    root = checkout.root
    stages = (
        f"a: {{cmd: cat {root}/data/xyz > o, deps: [data/x], outs: [o]}}, "
        f"b: {{cmd: cat {root}/data/x > p, deps: [{root}/data], outs: [p]}}, "
        f"c: {{cmd: echo 1 > {root}/q, outs: [{root}/q]}}"
    )
    checkout.write({"dvc.yaml": f"stages: {{{stages}}}"})

    found = dict(unsupported(checkout.graph(), root))

    assert found.keys() == {"b", "c"}
    assert f"names data by its place in the checkout, {root}/data; write it relative" in found["b"]
