"""Absolute paths into the project, read in a sandbox of it."""

from __future__ import annotations

import json

from trimtab.pipeline.dvc_compat import LOAD_TEMPLATE_FILE
from trimtab.pipeline.graph.absolute_paths import relocated_paths
from trimtab.pipeline.graph.resolver_process import resolve

ABSOLUTE = """stages:
  a: {cmd: mkdir -p data && cp source.txt data/x, deps: [ROOT/source.txt], outs: [ROOT/data/x]}
  b: {wdir: ROOT/sub, cmd: cp ../data/x b, deps: [../data/x], outs: [ROOT/sub/b: {cache: false}]}
  c: {cmd: cp sub/b c, deps: [ROOT/sub/b], params: [ROOT/params.yaml: [n]], outs: [c]}
"""


def test_absolute_paths_into_the_project_are_relocated_to_the_sandbox(project):
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


def test_absolute_dependency_of_a_sandbox_is_a_path_relative_to_the_root(project, tmp_path):
    checkout = project({"dvc.yaml": "", "source.txt": "1\n"})
    stage = {"cmd": "true", "deps": [f"{checkout.root}/source.txt", f"{checkout.root.parent}/outside.txt"]}
    checkout.write({"dvc.yaml": json.dumps({"stages": {"use": stage}})})
    sandbox = checkout.copy(tmp_path / "sandbox")

    graph, _, _ = resolve(sandbox.root, checkout.root)

    assert graph.stage("use").deps == (str(checkout.root.parent / "outside.txt"), "source.txt")


def test_hooks_of_dvc_are_restored_after_relocation(tmp_path):
    owner, original = LOAD_TEMPLATE_FILE.find()

    with relocated_paths(tmp_path / "home", tmp_path / "sandbox"):
        assert vars(owner)["load_from"] is not original

    assert vars(owner)["load_from"] is original


def test_nothing_is_relocated_in_the_project_itself(tmp_path):
    owner, original = LOAD_TEMPLATE_FILE.find()

    with relocated_paths(tmp_path, tmp_path):
        assert vars(owner)["load_from"] is original
