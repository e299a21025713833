"""A project's graph: resolved by DVC once per content, then read from the cache."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import trimtab
from tests.library.pipeline.graph.cached_project import (
    FILES,
    PIPELINE,
    dvc_can_run,
    environment,
    fresh,
    write,
)
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import resolver_process
from trimtab.pipeline.graph.project import NO_GIT, OLD_LOCK, OLD_SOURCE, Project

HEAVY = {"dvc", "mlflow", "great_expectations", "sklearn", "pandas", "skops", "airflow"}


def test_cached_graph_equals_the_resolved_one_and_imports_dvc_cannot_run(resolved):
    root, graph = resolved

    answer = fresh(
        root,
        "import sys; from pathlib import Path; from trimtab.pipeline.graph.project import Project\n"
        "graph = Project(Path(sys.argv[1])).graph()\n"
        "print(repr(graph)); assert 'dvc' not in sys.modules",
    )

    assert answer == repr(graph)
    assert [stage.name for stage in graph.stages] == ["get", "use", "report/dvc.yaml:merge"]
    assert [source.name for source in graph.sources] == ["report/rows.csv.dvc"]


def test_modules_of_the_engine_import_nothing_heavy():
    package = Path(trimtab.__file__).parent
    files = [package / "config.py", package / "errors.py", *(package / "pipeline").rglob("*.py")]
    modules = [".".join(file.relative_to(package.parent).with_suffix("").parts) for file in files]
    imports = "\n".join(f"import {module.removesuffix('.__init__')}" for module in modules)

    found = fresh(Path(), f"import sys\n{imports}\nprint(*{HEAVY} & sys.modules.keys())")

    assert len(modules) > 10
    assert found == ""


CHANGES = {
    "dvc.yaml": PIPELINE.replace("cat data", "mv data"),
    "params.yaml": "name: trains\nsize: 1\n",
    "more.yaml": "more: 4\n",
    "report/dvc.yaml": None,
    "report/params.yaml": "k: 1\n",
    "report/rows.csv.dvc": "outs: [{path: lines.csv}]\n",
    "new/deep/dvc.yaml": "stages: {n: {cmd: ls, deps: [../../data/raw.txt]}}\n",
    ".hidden/data.csv.dvc": "outs: [{path: data.csv}]\n",
    "report/.dvc/config": "",
    ".dvcignore": "/report\n",
    "report/.dvcignore": "*.csv.dvc\n",
    ".gitignore": "/report\n/scratch\n",
    "data/.gitignore": "/raw.txt\n/other.txt\n",
    ".git/info/exclude": "/report\n",
    ".dvc/config": "[parsing]\n    list = append\n",
    ".dvc/config.local": "[parsing]\n    bool = boolean_optional\n",
    "dvc.lock": "schema: '2.0'\nstages:\n  get: {}\n",
    "report/dvc.lock": "merge:\n  cmd: x\n",
}


@pytest.mark.parametrize("path", CHANGES)
def test_dvc_resolves_again_after_a_change_and_not_after_its_reversal(resolved, dvc_cannot_run, path):
    root, graph = resolved
    changed, new = root / path, CHANGES[path]
    old = changed.read_text() if changed.exists() else None
    assert Project(root).graph() == graph

    write(changed, new) if new is not None else changed.unlink()

    with pytest.raises(ProjectError):
        Project(root).graph()
    write(changed, old) if old is not None else changed.unlink()
    if path == "report/.dvc/config":
        changed.parent.rmdir()
    assert Project(root).graph() == graph


HARMLESS = {
    "scratch/new/dvc.yaml": "stages: {ignored: {cmd: ls}}",
    "index/dvc.yaml": "stages: {in_an_output: {cmd: ls}}",
    "data/.gitignore": "/raw.txt\n",
    "report/.gitignore": "# what DVC adds\n/all.txt\n/rows.csv\n",
    ".gitignore": "/scratch\n/index\n",
    "report/notes.yaml": "k: 1\n",
    "dvc.lock": "schema: '2.0'\nstages:\n  get:\n    cmd: echo\n",
    ".dvc/config": "[cache]\n    dir = /srv/cache\n[core]\n    site_cache_dir = /srv/site\n",
}


@pytest.mark.parametrize("path", HARMLESS)
def test_dvc_does_not_resolve_again_after_a_change_that_no_graph_depends_on(resolved, monkeypatch, path):
    root, graph = resolved
    changed = root / path
    old = changed.read_text() if changed.exists() else None

    write(changed, HARMLESS[path])

    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/bin/false")
        assert Project(root).graph() == graph
    assert resolver_process.resolve(root)[0] == graph
    write(changed, old) if old is not None else changed.unlink()


def test_another_version_of_dvc_resolves_again(resolved, dvc_cannot_run, monkeypatch):
    root, _ = resolved
    monkeypatch.setattr("importlib.metadata.version", lambda name: "4.0.0")

    with pytest.raises(ProjectError):
        Project(root).graph()


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="nobody may mount a folder here",
)
def test_graph_of_a_read_only_checkout_is_resolved(project):
    checkout = project(FILES)
    graph = repr(resolver_process.resolve(checkout.root)[0])
    shutil.rmtree(checkout.root / ".dvc" / "tmp")
    code = (
        "import sys; from pathlib import Path; from trimtab.pipeline.graph.project import Project\n"
        "print(repr(Project(Path(sys.argv[1])).graph()))"
    )
    script = 'mount --bind "$2" "$2"; mount -o remount,ro,bind "$2"; exec "$0" -c "$1" "$2"'
    command = ["unshare", "-rm", "sh", "-ec", script, sys.executable, code, str(checkout.root)]

    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())

    assert shown.stdout.strip() == graph


def test_graph_that_contains_the_path_of_the_root_is_resolved_again_in_another_folder(project, tmp_path):
    checkout = project()
    checkout.write({"dvc.yaml": f"stages: {{a: {{cmd: x, deps: [{checkout.root}/data/source.txt]}}}}"})
    graph = Project(checkout.root).graph()
    other = checkout.clone(tmp_path / "other", checkout.commit())

    elsewhere = Project(other.root).graph()

    assert Project(other.root, home=checkout.root).graph() == graph
    assert graph.stage("a").deps == ("data/source.txt",)
    assert elsewhere.stage("a").deps == (f"{checkout.root}/data/source.txt",)


def test_graph_stays_cached_over_a_run(project, dvc_cannot_run):
    checkout = project()
    with dvc_can_run():
        graph = Project(checkout.root).graph()

    checkout.repro()

    assert Project(checkout.root).graph() == graph


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ("get:\n  cmd: x\n", "extra keys not allowed @ data['get']"),
        ("schema: '2.0'\nstages:\n  get:\n    cmd: [\n", "'dvc.lock', YAML file structure is corrupted"),
        ("", "required key not provided @ data['schema']"),
    ],
)
def test_invalid_lock_file_is_refused_though_the_graph_is_cached(project, lock, reason):
    checkout = project(FILES)
    Project(checkout.root).graph()

    checkout.write({"dvc.lock": lock})

    with pytest.raises(ProjectError, match="DVC refuses the project") as refusal:
        Project(checkout.root).graph()
    assert reason in refusal.value.what
    assert refusal.value.where == str(checkout.root / "dvc.lock")
    assert (refusal.value.fix == OLD_LOCK) == ("'schema'" in reason or "data['get']" in reason)


def test_project_that_dvc_refuses_raises_the_reason_of_dvc(project):
    checkout = project()
    checkout.write({"dvc.yaml": "stages: {a: {cmd: 'echo ${no.such}'}}"})

    with pytest.raises(ProjectError) as refusal:
        Project(checkout.root).graph()

    assert refusal.value.what == (
        "DVC refuses the project: failed to parse 'stages.a.cmd' in 'dvc.yaml': Could not find 'no.such'"
    )
    assert refusal.value.where == str(checkout.root / "dvc.yaml")


CYCLE = "stages: {a: {cmd: x, deps: [b], outs: [a]}, b: {cmd: x, deps: [a], outs: [b]}}"
REFUSED = {
    "a cycle": ({"dvc.yaml": CYCLE}, {"dvc.yaml": "stages: {a: {cmd: x}}"}),
    "YAML": ({"report/dvc.yaml": "stages: [\n"}, {"report/dvc.yaml": ""}),
    "templating": ({"dvc.yaml": "stages: {a: {cmd: 'x ${more}'}}"}, {"params.yaml": "more: 1\n"}),
    "vars": ({"dvc.yaml": "vars: [no.yaml]\nstages: {a: {cmd: x}}"}, {"no.yaml": "more: 1\n"}),
    "an output twice": (
        {"dvc.yaml": "stages: {a: {cmd: x, outs: [o]}, b: {cmd: x, outs: [o]}}"},
        {"dvc.yaml": "stages: {a: {cmd: x, outs: [o]}}"},
    ),
    "a lock": (
        {"dvc.yaml": "stages: {a: {cmd: x}}", "dvc.lock": "stages: {}\n"},
        {"dvc.lock": "schema: '2.0'\n"},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_is_cached_until_a_file_changes(project, dvc_cannot_run, case):
    wrong, right = REFUSED[case]
    checkout = project({"dvc.yaml": "", **wrong})
    with dvc_can_run(), pytest.raises(ProjectError) as first:
        Project(checkout.root).graph()

    checkout.write({"data/more.txt": "of no matter"})
    with pytest.raises(ProjectError) as second:
        Project(checkout.root).graph()

    assert (second.value.what, second.value.where) == (first.value.what, first.value.where)
    checkout.write(right)
    with pytest.raises(ProjectError, match="DVC's resolver failed"):
        Project(checkout.root).graph()
    with dvc_can_run():
        assert len(Project(checkout.root).graph().stages) <= 1


def test_refusal_because_of_a_lock_or_the_disk_is_not_cached(project, dvc_cannot_run):
    checkout = project()
    shutil.move(checkout.root / ".git", checkout.root / "away")
    with dvc_can_run(), pytest.raises(ProjectError, match="not a git repository"):
        Project(checkout.root).graph()

    with pytest.raises(ProjectError, match="DVC's resolver failed"):
        Project(checkout.root).graph()


def test_resolver_that_cannot_start_raises_an_error_that_names_it(project, monkeypatch):
    checkout = project()
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(ProjectError, match="DVC's resolver failed"):
        Project(checkout.root).graph()


def test_folder_without_dvc_is_refused_as_a_project(tmp_path):
    with pytest.raises(ProjectError, match=r"no \.dvc folder") as refusal:
        Project(tmp_path)
    assert refusal.value.fix.startswith("run `dvc init` there; or `trimtab new`, in an empty folder")


def test_folder_in_a_project_is_refused_with_the_root_of_the_project(tmp_path):
    (tmp_path / "project" / ".dvc").mkdir(parents=True)
    (tmp_path / "project" / "sub" / "deep").mkdir(parents=True)

    with pytest.raises(ProjectError, match=r"no \.dvc folder") as refusal:
        Project(tmp_path / "project" / "sub" / "deep")

    assert refusal.value.fix == f"go to the root of the project: {tmp_path / 'project'}"


def test_refusal_with_many_reasons_is_cut_short(project):
    checkout = project()
    checkout.write({"dvc.lock": "".join(f"stage_{number}:\n  cmd: x\n" for number in range(40))})

    with pytest.raises(ProjectError, match="and 32 more") as refusal:
        Project(checkout.root).graph()

    assert len(refusal.value.what.splitlines()) == 11
    assert refusal.value.fix == OLD_LOCK


@pytest.mark.parametrize(
    "text", ["cmd: python x.py\nouts:\n- path: b\n", "outs:\n- {path: b, md5: a, metric: false}\n"]
)
def test_files_of_dvc_0_are_refused_with_a_fix(project, text):
    checkout = project({"b.dvc": text})

    with pytest.raises(ProjectError, match="extra keys not allowed") as refusal:
        Project(checkout.root).graph()

    assert refusal.value.where == str(checkout.root / "b.dvc")
    assert refusal.value.fix == OLD_SOURCE


def test_project_without_git_is_refused_with_a_fix(project):
    checkout = project()
    shutil.rmtree(checkout.root / ".git")

    with pytest.raises(ProjectError, match="is not a git repository") as refusal:
        Project(checkout.root).graph()

    assert refusal.value.where == str(checkout.root)
    assert refusal.value.fix == NO_GIT


def test_resolver_imports_nothing_from_the_working_directory(project, monkeypatch):
    checkout = project()
    checkout.write(dict.fromkeys(("dvc.py", "trimtab.py", "json.py"), "raise SystemExit('imported')\n"))
    monkeypatch.chdir(checkout.root)
    monkeypatch.syspath_prepend("")

    assert Project(checkout.root).graph().stages[0].name == "draw"


@pytest.mark.parametrize("name", ["dvc.lock", "dvc.yaml", "x.csv.dvc", "params.yaml"])
def test_merge_conflict_is_refused_with_the_file_that_has_it(project, monkeypatch, name):
    checkout = project(ran=True)
    monkeypatch.chdir(checkout.root)
    checkout.write({"x.csv": "1\n"})
    with checkout.dvc() as repo:
        repo.add("x.csv")
    text = checkout.read(name)
    checkout.write({name: f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n"})

    with pytest.raises(ProjectError) as refusal:
        checkout.graph()

    assert refusal.value.what == f"The file has a merge conflict: {name}"
    assert refusal.value.where == f"{checkout.root / name}: line 1"
