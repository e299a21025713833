"""The resolved graph of every kind of project, compared with DVC's own index; and DVC's refusals."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from dvc.dependency import ParamsDependency
from dvc.repo import Repo

from tests.library.pipeline.graph.rich_project import RICH
from trimtab.pipeline.graph import Graph, Output
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.resolver_process import RefusedError, resolve

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
ADDED = f"outs:\n- md5: {MD5}\n  size: 0\n  hash: md5\n  path: "


PROJECTS = {
    "most of what dvc.yaml can say": RICH,
    "sources": {
        "data/raw.csv.dvc": ADDED + "raw.csv\ndesc: The rows.\nmeta: {owner: me}\n",
        "data/folder.dvc": f"""\
wdir: ..
outs:
- path: data/folder
  files:
  - {{relpath: part, md5: {MD5}, size: 0, cloud: {{store: {{etag: abc1, version_id: v123}}}}}}
  - {{relpath: other, md5: {MD5}, size: 0}}
""",
        "imported.csv.dvc": f"""\
frozen: true
deps:
- path: data/x.csv
  repo: {{url: https://localhost/other.git, rev_lock: {"a" * 40}}}
outs:
- {{md5: {MD5}, path: imported.csv, size: 0}}
""",
        "fetched.csv.dvc": f"frozen: true\ndeps: [{{path: /srv/y.csv, md5: {MD5}}}]\n{ADDED}fetched.csv\n",
        "copied.csv.dvc": f"deps: [{{path: made.csv, md5: {MD5}}}]\n{ADDED}copied.csv\n",
        "dvc.yaml": """\
stages:
  make: {cmd: make, deps: [data/raw.csv, data/folder/part], outs: [made.csv]}
  use: {cmd: use, deps: [data, copied.csv, imported.csv, fetched.csv]}
""",
    },
    "folders around outputs and inside them": {
        "dvc.yaml": """\
stages:
  one: {cmd: x, outs: [out/one/a]}
  two: {cmd: x, outs: [out/two]}
  all: {cmd: x, deps: [out]}
  part: {cmd: x, deps: [out/two/deep/file]}
""",
    },
    "params of every kind": {
        "params.yaml": "a: {b: 1}\n",
        "p.toml": "[t]\nx = 1\n",
        "p.json": '{"j": [1, 2]}',
        "p.py": "Y = 2\nclass C:\n    z = 3\n",
        "dvc.yaml": """\
vars: [p.toml, "p.json:j", p.py]
stages:
  s:
    cmd: x ${t.x} ${j[1]} ${C.z}
    params: [a.b, {p.toml: [t.x]}, {p.json: }, {p.py: [Y, C.z]}, {./p.toml: [t]}]
  t: {cmd: x, params: [params.yaml: ]}
""",
    },
    "loops over nothing, dictionaries and lists of both": {
        "params.yaml": "models: {us: {depth: 1}, uk: {depth: 2}}\nnone: []\n",
        "dvc.yaml": """\
stages:
  empty: {foreach: [], do: {cmd: x}}
  none: {foreach: "${none}", do: {cmd: "x ${item}"}}
  nobody: {foreach: {}, do: {cmd: x}}
  train:
    foreach: ${models}
    do: {cmd: "train ${item.depth}", outs: ["${key}.bin"], deps: [src]}
  listed: {foreach: [{n: 1}, {n: 2}], do: {cmd: "x ${item.n}", deps: [us.bin]}}
  plain: {foreach: [a b, c/d, e:f, 1.5, true], do: {cmd: "x '${item}'"}}
  grid:
    matrix: {model: "${models}", opt: [{lr: 1}, [2]], fold: [1, 2]}
    vars: [{prefix: out}]
    cmd: x ${item.model} ${key} ${prefix}
    outs: ["${prefix}/${key}"]
""",
    },
    "several files and their edges": {
        "dvc.yaml": "stages: {last: {cmd: x, deps: [b/deep/made, a/here]}}",
        "a/dvc.yaml": "stages: {make: {cmd: x, outs: [here, ../b/source]}}",
        "b/deep/dvc.yaml": "stages: {make: {wdir: .., cmd: x, deps: [source], outs: [deep/made]}}",
        "b/deep/params.yaml": "k: 1",
        ".hidden/dvc.yaml": "stages: {h: {cmd: 'x ${k}', deps: [../a/here]}}",
        ".hidden/params.yaml": "k: 2",
    },
    "stages of every kind": {
        "dvc.yaml": r"""
stages:
  nothing: {cmd: echo}
  only_outs: {cmd: echo, outs: [o]}
  only_deps: {cmd: echo, deps: [o]}
  lines:
    cmd: |
      for i in 1 2; do
        echo "$i" | tee -a 'a b' && test \${HOME} != ""
      done
  single: {cmd: [echo one]}
  kept:
    cmd: echo > k
    outs: [k: {persist: true, push: false}, l: {remote: other, desc: "An l."}]
  named:
    vars: [{n: 5}, v.yaml]
    wdir: ${where}
    cmd: echo ${n} ${v}
    deps: [in]
    outs: [out]
  still: {cmd: echo, deps: [o], outs: [s], frozen: true}
  after: {cmd: echo, deps: [s]}
vars: [{where: sub}]
""",
        "sub/v.yaml": "v: 6\n",
        ".dvc/config": "['remote \"other\"']\n    url = /srv/other\n",
    },
    "paths outside of the project and spelled in their own way": {
        "dvc.yaml": """\
stages:
  s:
    cmd: x
    deps: [./a, b/, ../elsewhere/c, /srv/d, "remote://other/e", ../project/f]
    outs: [./o, p/, q/../r, ../elsewhere/s: {cache: false}]
  t: {wdir: sub, cmd: x, deps: [../o, ./u]}
""",
        ".dvc/config": "['remote \"other\"']\n    url = /srv/other\n",
    },
    "no git": {
        ".dvc/config": "[core]\n    no_scm = true\n",
        ".gitignore": "sub\n",
        "dvc.yaml": "stages: {s: {cmd: x, outs: [made]}}",
        "sub/dvc.yaml": "stages: {not_ignored: {cmd: x, deps: [../made]}}",
    },
    "files that DVC does not look at": {
        "dvc.yaml": "stages: {s: {cmd: x, outs: [made]}}",
        "made/dvc.yaml": "stages: {in_an_output: {cmd: x}}",
        "build/dvc.yaml": "stages: {ignored_by_git: {cmd: x}}",
        "notes/dvc.yaml": "stages: {ignored_by_dvc: {cmd: x}}",
        "other/.dvc/config": "",
        "other/dvc.yaml": "stages: {of_another_project: {cmd: x}}",
        ".gitignore": "build/\n",
        ".dvcignore": "notes\n",
    },
}


def of_dvc(root: Path) -> tuple[dict, set]:
    """Return the stages and edges of DVC's own index."""
    with contextlib.chdir(root), Repo(str(root)) as repo:
        stages = {stage.addressing: described(stage, root) for stage in repo.index.stages}
        return stages, {(up.addressing, down.addressing) for down, up in repo.index.graph.edges}


def described(stage, root: Path) -> dict:
    return {
        "cmd": stage.cmd,
        "wdir": os.path.relpath(stage.wdir, root),
        "deps": sorted(path(dep, root) for dep in stage.deps if not isinstance(dep, ParamsDependency)),
        "outs": sorted(
            (path(out, root), out.use_cache, bool(out.metric), out.persist, out.can_push, out.remote)
            for out in stage.outs
        ),
        "params": {path(dep, root) for dep in stage.deps if isinstance(dep, ParamsDependency)},
        "keys": sorted(key for dep in stage.deps if isinstance(dep, ParamsDependency) for key in dep.params),
        "frozen": stage.frozen,
        "always_changed": stage.always_changed,
        "desc": stage.desc or "",
        "spelled": sorted(item.def_path for item in [*stage.deps, *stage.outs] if not is_params(item)),
    }


def is_params(item) -> bool:
    return isinstance(item, ParamsDependency)


def path(item, root: Path) -> str:
    plain = not (item.def_path.startswith("/") or "://" in item.def_path or hasattr(item, "def_repo"))
    return os.path.relpath(item.fs_path, root) if plain else item.def_path


def of_graph(graph: Graph) -> tuple[dict, set]:
    """Return the stages and edges of the neutral graph in the same form."""
    stages = {
        stage.name: {
            "cmd": list(stage.cmd) if stage.cmd_is_list else next(iter(stage.cmd), None),
            "wdir": stage.wdir,
            "deps": list(stage.deps),
            "outs": sorted(
                (out.path, out.cache, out.kind == "metric", out.persist, out.push, out.remote)
                for out in stage.outs
            ),
            "params": set(stage.params),
            "keys": sorted(key for keys in stage.params.values() for key in keys),
            "frozen": stage.frozen,
            "always_changed": stage.always_changed,
            "desc": stage.desc,
            "spelled": sorted(
                stage.paths_in_lock.get(path)
                or (path if "://" in path or path[0] == "/" else relative(path, stage))
                for path in [*stage.deps, *(out.path for out in stage.outs)]
            ),
        }
        for stage in (*graph.sources, *graph.stages)
    }
    return stages, set(graph.edges)


def relative(path: str, stage) -> str:
    return (
        os.path.relpath(path, stage.wdir) if stage.name != "imported.csv.dvc" or path[:4] != "data" else path
    )


@pytest.mark.parametrize("name", PROJECTS)
def test_resolved_graph_equals_the_index_of_dvc(project, name):
    root = project(PROJECTS[name]).root

    graph = resolve(root)[0]

    stages, edges = of_graph(graph)
    expected, expected_edges = of_dvc(root)
    assert stages == expected
    assert edges == expected_edges
    assert len(expected) == len(graph.stages) + len(graph.sources)
    assert all(stage.cmd for stage in graph.stages)
    assert not any(source.cmd for source in graph.sources)


@pytest.mark.parametrize("name", PROJECTS)
def test_cached_graph_of_every_kind_of_project_equals_the_resolved_one(project, monkeypatch, name):
    root = project(PROJECTS[name]).root
    first = Project(root).graph()
    monkeypatch.setattr("sys.executable", "/bin/false")  # DVC cannot run again

    assert Project(root).graph() == first == resolve(root)[0]


def test_resolved_graph_does_not_depend_on_earlier_runs(project):
    checkout = project(
        {
            "dvc.yaml": "plots: [curves]\nstages: {a: {cmd: touch curves/a.csv, outs: [curves/a.csv]}}",
            "curves/b": "",
        }
    )
    before = resolve(checkout.root)[0]

    checkout.repro()

    assert resolve(checkout.root)[0] == before
    assert before.stage("a").outs == (Output("curves/a.csv", kind="plot"),)


REFUSALS: dict[str, tuple[dict[str, str], str, str]] = {
    "a cycle": (
        {"dvc.yaml": "stages: {a: {cmd: x, deps: [c], outs: [a]}, b: {cmd: x, deps: [a], outs: [b, c]}}"},
        "Same item(s) are defined as both a dependency and an output in stages:",
        "dvc.yaml",
    ),
    "one output of two stages": (
        {"dvc.yaml": "stages: {a: {cmd: x, outs: [s/o]}}", "s/dvc.yaml": "stages: {b: {cmd: x, outs: [o]}}"},
        "output 's/o' is specified in:\n\t- ",
        "",
    ),
    "an output in an output": ({"dvc.yaml": "stages: {a: {cmd: x, outs: [o, o/p]}}"}, "overlap", "dvc.yaml"),
    "a pipeline in an output": (
        {"a/dvc.yaml": "stages: {a: {cmd: x, outs: [../b]}}", "b/dvc.yaml": "stages: {b: {cmd: x}}"},
        "stage: 'b/dvc.yaml:b' is within an output 'b' of another stage",
        "",
    ),
    "an unresolved variable": (
        {"sub/dvc.yaml": "stages: {a: {cmd: 'echo ${no.such}'}}"},
        "failed to parse 'stages.a.cmd' in 'sub/dvc.yaml': Could not find 'no.such'",
        "sub/dvc.yaml",
    ),
    "a loop over no list": (
        {"dvc.yaml": "vars: [{x: 5}]\nstages: {a: {foreach: '${x}', do: {cmd: x}}}"},
        "failed to resolve 'stages.a.foreach' in 'dvc.yaml': expected list/dictionary, got int",
        "dvc.yaml",
    ),
    "a grid over no list": (
        {"dvc.yaml": "vars: [{x: 5}]\nstages: {a: {matrix: {y: '${x}'}, cmd: x}}"},
        "stages.a: TypeError: 'Value' object is not iterable",
        "dvc.yaml",
    ),
    "vars from a file that is not there": (
        {"dvc.yaml": "vars: [v.yaml]\nstages: {a: {cmd: x}}"},
        "failed to parse 'vars' in 'dvc.yaml': 'v.yaml' does not exist",
        "dvc.yaml",
    ),
    "a param that templating does not know": (
        {"dvc.yaml": "stages: {a: {cmd: 'echo ${day}'}}", "params.yaml": "day: 2013-05-01\n"},
        "Unsupported value of type 'date' in 'params.yaml:day'",
        "dvc.yaml",
    ),
    "unknown keys": (
        {"sub/dvc.yaml": "stages: {a: {cmd: x, dep: [b], out: [c]}}"},
        "extra keys not allowed @ data['stages']['a']['dep']\n"
        "extra keys not allowed @ data['stages']['a']['out']",
        "sub/dvc.yaml",
    ),
    "YAML that is none": (
        {"sub/dvc.yaml": "stages:\n  a: ["},
        "unable to read: 'sub/dvc.yaml', YAML file structure is corrupted\nwhile parsing a flow node",
        "sub/dvc.yaml",
    ),
    "a source of a kind of long ago": (
        {"d.dvc": "cmd: python x.py\nouts:\n- path: b\n"},
        "'./d.dvc' validation failed\nextra keys not allowed @ data['cmd']",
        "d.dvc",
    ),
    "a lock of schema 1.0": (
        {"s/dvc.yaml": "stages: {a: {cmd: x}}", "s/dvc.lock": "a:\n  cmd: x\n"},
        "'./s/dvc.lock' validation failed: 2 errors\nextra keys not allowed @ data['a']\n"
        "required key not provided @ data['schema']",
        "s/dvc.lock",
    ),
    "a lock that is empty": (
        {"dvc.yaml": "stages: {a: {cmd: x}}", "dvc.lock": ""},
        "required key not provided @ data['schema']",
        "dvc.lock",
    ),
    "a lock that is torn": (
        {"dvc.yaml": "stages: {a: {cmd: x}}", "dvc.lock": "schema: '2.0'\nstages:\n  a:\n    cmd: 'ec"},
        "unable to read: 'dvc.lock', YAML file structure is corrupted",
        "dvc.lock",
    ),
    "a lock that git ignores": (
        {"dvc.yaml": "stages: {a: {cmd: x}}", ".gitignore": "*.lock\n"},
        "dvc.lock' is git-ignored",
        "dvc.yaml",
    ),
    "a setting that there is not": (
        {".dvc/config": "[core]\n    speed = 9\n"},
        "config file error: extra keys not allowed @ data['core']['speed']",
        ".dvc/config",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_has_the_reason_of_dvc_and_the_file(project, name):
    files, why, where = REFUSALS[name]
    checkout = project()
    checkout.root.joinpath("dvc.yaml").unlink()
    checkout.write(files)

    with pytest.raises(RefusedError) as refusal:
        resolve(checkout.root)

    assert why in refusal.value.args[0]
    assert refusal.value.args[1] == str(checkout.root / where)  # the root, if several files are the reason
    assert "Traceback" not in refusal.value.args[0]
