"""Source data and external dependencies: contents, and addresses that are refused."""

from __future__ import annotations

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from tests.library.pipeline.stage_kinds import pipeline
from trimtab.errors import StageError, TrimtabError
from trimtab.pipeline.worktree.worktree import WorkTree


def test_external_dependencies_equal_dvc_repro(project, as_dvc, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far/x").write_text("1\n")
    checkout = project(
        pipeline(
            f"a: {{cmd: cp {tmp_path}/far/x a.txt, deps: [{tmp_path}/far/x], outs: [a.txt]}}",
            f"b: {{cmd: cp ../far/x b.txt, deps: [../far/x, {tmp_path}/far], outs: [b.txt]}}",
        )
    )

    assert as_dvc(checkout).ran == ["a", "b"]
    assert as_dvc(checkout).ran == []
    (tmp_path / "far/x").write_text("2\n")
    assert as_dvc(checkout).ran == ["a", "b"]
    (tmp_path / "far/x").write_text("1\n")
    as_dvc(checkout)


def test_external_outputs_equal_dvc_repro(project, as_dvc, tmp_path):
    checkout = project(
        pipeline(
            f"a: {{cmd: cp source.txt {tmp_path}/a.txt, deps: [source.txt], outs: [{tmp_path}/a.txt: {{cache: false}}]}}"
        )
    )

    as_dvc(checkout)
    as_dvc(checkout)
    checkout.write({"source.txt": "two\n"})
    as_dvc(checkout)


def test_outputs_with_absolute_paths_in_the_project_equal_dvc_repro(project):
    checkout = project({"source.txt": "1\n", "dvc.yaml": ""})
    root = checkout.root
    a = f"a: {{cmd: mkdir -p d && cp source.txt d/x, deps: [{root}/source.txt], outs: [{root}/d/x]}}"
    b = f"b: {{cmd: cp d/x {root}/b, deps: [d/x], outs: [{root}/b: {{cache: false}}]}}"
    checkout.write({"dvc.yaml": f"stages: {{{a}, {b}}}"})

    assert len(run_here(checkout, jobs=2)) == 2

    assert checkout.repro() == []
    lock = checkout.lock()
    (root / "dvc.lock").unlink()
    checkout.repro()
    assert checkout.lock() == lock


OUT = "a" * 32


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0xa9fea9fe", "2852039166", "169.254.43518"],
)
@pytest.mark.parametrize("frozen", [True, False])
def test_import_from_a_metadata_server_is_refused(project, host, frozen):
    source = (
        f"frozen: {str(frozen).lower()}\ndeps:\n- {{path: 'http://{host}/latest/'}}\n"
        f"outs:\n- {{path: m, md5: {OUT}, hash: md5}}\n"
    )
    checkout = project(
        {
            "m.dvc": source,
            "dvc.yaml": "stages: {a: {cmd: cat m > o, deps: [m], outs: [o]}}\n",
            ".gitignore": "/m\n/o\n",
        }
    )
    with pytest.raises(TrimtabError, match="gives out credentials"):
        run_here(checkout)


def test_dependency_on_a_metadata_server_is_refused(project):
    stage = "stages: {a: {cmd: echo > o, deps: ['http://169.254.169.254/latest/'], outs: [o]}}\n"
    checkout = project({"dvc.yaml": stage, ".gitignore": "/o\n"})
    with pytest.raises(TrimtabError, match="gives out credentials"):
        checkout.plan()


def test_dvc_file_without_a_hash_is_refused(project):
    checkout = project({**pipeline("a: {cmd: 'true', deps: [raw]}"), "raw.dvc": "outs:\n- path: raw\n"})
    with checkout.dvc() as repo, pytest.raises(StageError, match=r"'raw\.dvc' has no hash of its data"):
        WorkTree(repo).source_contents(checkout.graph().sources[0])
