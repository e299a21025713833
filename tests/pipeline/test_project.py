"""The neutral graph, held against DVC's own index, and its cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from dvc.repo import Repo

from trimtab.errors import ProjectError
from trimtab.pipeline import resolve
from trimtab.pipeline.graph import Artifact, Output
from trimtab.pipeline.project import REFUSED, Project

PRODUCT = """\
vars:
  - letters: {x: small, y: large}
  - sizes.yaml:sizes
stages:
  get:
    desc: Get ${name}.
    cmd: echo ${name} > raw.txt
    params: [name, {sizes.yaml: [sizes]}]
    outs:
      - raw.txt
      - index: {cache: false}
  each:
    foreach: ${letters}
    do:
      cmd: cp raw.txt ${key}-${item}.txt
      deps: [raw.txt]
      outs: ["${key}-${item}.txt"]
  grid:
    matrix:
      letter: [x, y]
      size: ${sizes}
    cmd: ["test -d index", "touch ${item.letter}${item.size}.out"]
    deps: [index/a]
    outs: ["${item.letter}${item.size}.out"]
  draw:
    cmd: ./draw.sh
    deps: [draw.sh, raw.txt]
    metrics:
      - m.json: {cache: false}
    plots:
      - curves
    outs: [tables, models]
    frozen: true
    always_changed: true
    meta: {trimtab: {gate: model}, owner: me}
plots:
  - Loss:
      x: step
      y: {tables/one.csv: loss}
  - elsewhere.csv
artifacts:
  flights: {path: models/m.bin, type: model, desc: "A ${name}.", labels: [late], meta: {a: 1}}
"""
REPORT = """\
stages:
  merge:
    wdir: ..
    cmd: cat x-small.txt > report/all.txt
    deps: [x-small.txt, models]
    params: [{report/params.yaml: null}]
    outs: [report/all.txt]
artifacts:
  all: {path: all.txt}
"""
HEAVY = {"dvc", "mlflow", "great_expectations", "sklearn", "pandas", "skops", "airflow"}
FILES = {
    "dvc.yaml": PRODUCT,
    "params.yaml": "name: flights\n",
    "sizes.yaml": "sizes: [1, 2]\nother: 3\n",
    "report/dvc.yaml": REPORT,
    "report/params.yaml": "k: 1\n",
}


@pytest.fixture
def rich(project):
    """A project with most of what ``dvc.yaml`` can say."""
    return project(FILES)


@pytest.fixture(scope="module")
def checkout_with_cache(tmp_path_factory):
    """That project, not for changing, and its graph; the graph is cached."""
    folder = tmp_path_factory.mktemp("rich")
    Repo.init(str(folder), no_scm=True).close()
    for path, text in FILES.items():
        write(folder / path, text)
    return folder, Project(folder).graph()


@pytest.fixture
def graph(checkout_with_cache):
    return checkout_with_cache[1]


def write(path: Path, text: str) -> None:
    """Write a file at once, as editors do."""
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".part").write_text(text)
    path.with_suffix(".part").replace(path)


def fresh(root: Path, code: str) -> str:
    """Run Python in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout.strip()


def test_graph_is_the_one_of_dvcs_index(rich, graph):
    with rich.dvc() as repo:
        stages = {stage.addressing: stage for stage in repo.index.stages}
        edges = {(up.addressing, down.addressing) for down, up in repo.index.graph.edges}
        for stage in graph.stages:
            loaded = stages[stage.name]
            assert list(stage.cmd) == (loaded.cmd if isinstance(loaded.cmd, list) else [loaded.cmd])
            assert rich.root / stage.wdir == Path(loaded.wdir)
            assert {rich.root / path for path in [*stage.deps, *stage.params]} == {
                Path(dep.fs_path) for dep in loaded.deps
            }
            assert {rich.root / out.path for out in stage.outs} == {Path(out.fs_path) for out in loaded.outs}
    assert {stage.name for stage in graph.stages} == stages.keys()
    assert set(graph.edges) == edges
    assert len(edges) == 9


def test_stages_come_after_all_they_depend_on(graph):
    place = {stage.name: number for number, stage in enumerate(graph.stages)}
    assert all(place[up] < place[down] for up, down in graph.edges)


def test_stage_holds_what_dvc_yaml_says(graph):
    get, draw, merge = graph.stage("get"), graph.stage("draw"), graph.stage("report/dvc.yaml:merge")
    assert (get.desc, get.cmd) == ("Get flights.", ("echo flights > raw.txt",))
    assert get.params == {"params.yaml": ("name",), "sizes.yaml": ("sizes",)}
    assert get.outs == (Output("index", cache=False), Output("raw.txt"))
    assert graph.stage("grid@x-2").cmd == ("test -d index", "touch x2.out")
    assert draw.outs == (
        Output("curves", kind="plot"),
        Output("m.json", kind="metric", cache=False),
        Output("models"),
        Output("tables", kind="plot"),
    )
    assert (draw.gate, draw.meta["owner"], draw.frozen, draw.always_changed) == ("model", "me", True, True)
    assert (merge.wdir, merge.deps) == (".", ("models", "x-small.txt"))
    assert merge.params == {"report/params.yaml": ()}
    assert merge.gate is None


def test_artifacts_are_those_of_every_dvc_yaml(graph):
    assert graph.artifacts == (
        Artifact("flights", "models/m.bin", "model", "A flights.", ("late",), {"a": 1}),
        Artifact("all", "report/all.txt"),
    )


def test_part_of_the_graph_holds_what_the_targets_need(graph):
    part = graph.only(("each@y",))

    assert [stage.name for stage in part.stages] == ["get", "each@y"]
    assert part.edges == (("get", "each@y"),)


def test_cached_graph_is_the_same_and_imports_no_dvc(checkout_with_cache):
    root, graph = checkout_with_cache

    answer = fresh(
        root,
        "import sys; from pathlib import Path; from trimtab.pipeline.project import Project\n"
        "graph = Project(Path(sys.argv[1])).graph()\n"
        "print(repr(graph)); assert 'dvc' not in sys.modules",
    )

    assert answer == repr(graph)


def test_modules_of_the_engine_import_nothing_heavy():
    modules = [
        "config",
        "errors",
        *(f"pipeline.{path.stem}" for path in Path(resolve.__file__).parent.glob("*.py")),
    ]
    imports = "\n".join(f"import trimtab.{module.removesuffix('.__init__')}" for module in modules)

    found = fresh(Path(), f"import sys\n{imports}\nprint(*{HEAVY} & sys.modules.keys())")

    assert len(modules) > 10
    assert found == ""


def test_changed_file_gives_the_new_graph(rich):
    before = Project(rich.root).graph()

    write(rich.root / "params.yaml", "name: trains\n")

    after = Project(rich.root).graph()
    assert after == rich.graph()
    assert after.stage("get").cmd != before.stage("get").cmd


CHANGES = {
    "dvc.yaml": PRODUCT.replace("cp raw", "mv raw"),
    "params.yaml": "name: trains\n",
    "sizes.yaml": "sizes: [1, 2, 3]\n",
    "report/dvc.yaml": None,
    "new/dvc.yaml": "stages: {n: {cmd: ls, deps: [../raw.txt]}}\n",
    "new/data.csv.dvc": "outs: [{path: data.csv}]\n",
    ".dvcignore": "/report\n",
    ".dvc/config": "[parsing]\n    list = append\n",
    ".dvc/config.local": "[parsing]\n    bool = boolean_optional\n",
    ".dvc/tmp/trimtab/graph.json": "{",
}


@pytest.mark.parametrize("path", CHANGES)
def test_dvc_is_asked_again_after_a_change_and_not_after_its_undoing(checkout_with_cache, monkeypatch, path):
    root, graph = checkout_with_cache
    monkeypatch.setattr(sys, "executable", "/bin/false")  # DVC cannot be asked
    changed, new = root / path, CHANGES[path]
    old = changed.read_text() if changed.exists() else None
    assert Project(root).graph() == graph

    write(changed, new) if new else changed.unlink()

    with pytest.raises(ProjectError):
        Project(root).graph()
    write(changed, old) if old is not None else changed.unlink()
    assert Project(root).graph() == graph


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 2, "inputs": 1}', b"\xff"])
def test_cache_that_cannot_be_used_is_not_used(checkout_with_cache, monkeypatch, content):
    root, _ = checkout_with_cache
    monkeypatch.setattr(sys, "executable", "/bin/false")
    cache = root / ".dvc/tmp/trimtab/graph.json"
    good = cache.read_bytes()

    cache.write_bytes(content)

    with pytest.raises(ProjectError):
        Project(root).graph()
    cache.write_bytes(good)


def test_cache_is_right_after_files_changed_while_dvc_resolved(project):
    checkout = project(
        {"dvc.yaml": "stages: {a: {cmd: 'echo ${n}', deps: [params.yaml]}}", "params.yaml": "n: 0"}
    )
    resolving = threading.Thread(target=Project(checkout.root).graph)

    resolving.start()
    number = 0
    while resolving.is_alive():
        number += 1
        write(checkout.root / "params.yaml", f"n: {number}\n")

    assert Project(checkout.root).graph().stage("a").cmd == (f"echo {number}",)


def test_checkout_that_cannot_be_written_gives_the_right_graph(project):
    checkout = project()
    shutil.rmtree(checkout.root / ".dvc" / "tmp")
    checkout.write({".dvc/tmp/trimtab": "a file where the cache's folder would be"})

    assert Project(checkout.root).graph() == checkout.graph()


CYCLE = "stages: {a: {cmd: x, deps: [c], outs: [a]}, b: {cmd: x, deps: [a], outs: [b, c]}}"
REFUSALS = {
    CYCLE: "Same item(s) are defined as both a dependency and an output in stages:",
    "stages: {a: {cmd: x, outs: [o]}, b: {cmd: x, outs: [o]}}": "output 'o' is specified in",
    "stages: {a: {cmd: x, outs: [o, o/p]}}": "overlap",
    "stages: {a: {cmd: 'echo ${no.such}'}}": "Could not find 'no.such'",
    "stages: {a: {cmd: x, dep: [b]}}": "extra keys not allowed",
    "stages: [": "unable to read: 'dvc.yaml'",
}


@pytest.mark.parametrize("pipeline", REFUSALS)
def test_resolver_gives_dvcs_reason_for_refusing(project, monkeypatch, capsys, pipeline):
    checkout = project()
    checkout.write({"dvc.yaml": pipeline})
    monkeypatch.setattr(sys, "argv", ["resolve", str(checkout.root)])

    with pytest.raises(SystemExit, match=str(REFUSED)):
        resolve.main()

    assert REFUSALS[pipeline] in capsys.readouterr().err


def test_project_that_dvc_refuses_is_refused_with_dvcs_reason(project):
    checkout = project()
    checkout.write({"dvc.yaml": CYCLE})

    with pytest.raises(ProjectError) as refusal:
        Project(checkout.root).graph()

    assert REFUSALS[CYCLE] in refusal.value.what
    assert refusal.value.where == str(checkout.root / "dvc.yaml")


def test_what_dvc_breaks_on_is_refused_in_one_line(project):
    checkout = project()
    checkout.write({"dvc.yaml": "stages: {a: {cmd: 'echo ${day}'}}", "params.yaml": "day: 2013-05-01\n"})

    with pytest.raises(ProjectError) as refusal:
        Project(checkout.root).graph()

    assert refusal.value.what.endswith("Unsupported value of type 'date' in 'params.yaml:day'")
    assert "Traceback" not in refusal.value.what


def test_graph_does_not_depend_on_what_has_run(project):
    checkout = project(
        {
            "dvc.yaml": "plots: [curves]\nstages: {a: {cmd: touch curves/a.csv, outs: [curves/a.csv]}}",
            "curves/b": "",
        }
    )
    before = checkout.graph()

    checkout.repro()

    assert checkout.graph() == before
    assert before.stage("a").outs == (Output("curves/a.csv", kind="plot"),)


def test_folder_without_dvc_is_no_project(tmp_path):
    with pytest.raises(ProjectError, match=r"no \.dvc folder"):
        Project(tmp_path)
