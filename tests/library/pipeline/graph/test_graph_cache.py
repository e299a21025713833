"""The cache of resolved graphs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading

import pytest

from tests.library.pipeline.graph.cached_project import (
    FILES,
    dvc_can_run,
    entries,
    environment,
    write,
)
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import graph_cache, graph_inputs, resolver_process
from trimtab.pipeline.graph.project import GRAPH_CACHE, Project
from trimtab.user_cache import cache_folder


def test_graph_cache_keeps_the_graphs_of_several_contents(project, monkeypatch):
    checkout = project(FILES)
    commands = {}
    for name in ("trains", "ships", "flights"):
        checkout.write({"params.yaml": f"name: {name}\nsize: 1\n"})
        commands[name] = Project(checkout.root).graph().stage("get").cmd
    monkeypatch.setattr(sys, "executable", "/bin/false")

    for name in ("ships", "flights", "trains"):
        checkout.write({"params.yaml": f"name: {name}\nsize: 1\n"})
        assert Project(checkout.root).graph().stage("get").cmd == commands[name]

    assert commands["ships"] == ("echo ships > data/raw.txt",)


def test_graph_cache_keeps_graphs_that_differ_in_a_vars_file_only(project, dvc_cannot_run):
    """Only DVC knows which vars file the graph depends on."""
    checkout = project(FILES)
    with dvc_can_run():
        before = Project(checkout.root).graph()
        checkout.write({"more.yaml": "more: 5\n"})
        assert Project(checkout.root).graph() == before

    assert len(entries(checkout.root)) == 2
    checkout.write({"more.yaml": "more: 3\n"})
    assert Project(checkout.root).graph() == before


def test_graph_cache_removes_the_least_recently_used_graphs(project, monkeypatch):
    checkout = project(FILES)
    Project(checkout.root).graph()
    monkeypatch.setattr(graph_cache, "MAX_GRAPHS", 2)
    [entry] = entries(checkout.root)
    for number in range(3):
        copy = entry.with_name(f"{number}.graph")
        shutil.copy(entry, copy)
        os.utime(copy, (number, number))

    checkout.write({"params.yaml": "name: ships\nsize: 1\n"})
    Project(checkout.root).graph()

    assert len(entries(checkout.root)) == 2
    assert entry in entries(checkout.root)


DAMAGES = {
    "empty": lambda content: b"",
    "no text": lambda content: b"\xff" * 100,
    "something else": lambda content: b"[]\n{}",
    "half of it": lambda content: content[: len(content) // 2],
    "no graph": lambda content: content.partition(b"\n")[0] + b"\n{}",
    "another stage": lambda content: content.replace(b'["use"', b'["abuse"'),
    "another format": lambda content: content.replace(b'{"format":', b'{"format":9'),
    "no inputs": lambda content: content.replace(b'"found":', b'"lost":'),
    "odd inputs": lambda content: content.replace(b'"found":{', b'"found":[],"x":{'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_graph_cache_file_that_is_corrupt_is_ignored(resolved, dvc_cannot_run, damage):
    root, graph = resolved
    good = {entry: entry.read_bytes() for entry in entries(root)}
    for entry, content in good.items():
        assert DAMAGES[damage](content) != content
        entry.write_bytes(DAMAGES[damage](content))

    with pytest.raises(ProjectError):
        Project(root).graph()

    for entry, content in good.items():
        entry.write_bytes(content)
    assert Project(root).graph() == graph


def test_graph_cache_file_that_is_corrupt_is_written_again(project, dvc_cannot_run):
    checkout = project(FILES)
    with dvc_can_run():
        graph = Project(checkout.root).graph()
        [entry] = entries(checkout.root)
        entry.write_bytes(entry.read_bytes()[:-9])
        assert Project(checkout.root).graph() == graph

    assert Project(checkout.root).graph() == graph
    assert entries(checkout.root) == [entry]


def test_graph_cache_that_cannot_be_written_gives_the_right_graph(project):
    checkout = project(FILES)
    folder = cache_folder(checkout.root, GRAPH_CACHE)
    shutil.rmtree(folder.parent)
    folder.parent.write_text("a file where the cache's folder would be")

    assert Project(checkout.root).graph() == resolver_process.resolve(checkout.root)[0]


def test_graph_cache_is_shared_by_concurrent_processes(project):
    checkout = project(FILES)
    code = (
        "import sys; from pathlib import Path; from trimtab.pipeline.graph.project import Project\n"
        "print(repr(Project(Path(sys.argv[1])).graph()))"
    )
    command = [sys.executable, "-c", code, str(checkout.root)]

    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) for _ in range(4)
    ]

    answers = {process.communicate()[0].strip() for process in running}
    assert answers == {repr(resolver_process.resolve(checkout.root)[0])}
    assert len(entries(checkout.root)) == 1
    assert {path.suffix for path in (cache_folder(checkout.root, GRAPH_CACHE)).iterdir()} == {".graph"}


def test_graph_cache_is_right_after_files_changed_while_dvc_resolved(project):
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


def test_graph_cache_of_the_project_is_used_by_its_sandboxes(project, tmp_path, dvc_cannot_run):
    checkout = project(FILES)
    with dvc_can_run():
        graph = Project(checkout.root).graph()
    other = checkout.clone(tmp_path / "other", checkout.commit())

    assert Project(other.root, home=checkout.root).graph() == graph
    with pytest.raises(ProjectError):
        Project(other.root).graph()


def test_graph_cache_does_not_search_data_folders(project, monkeypatch):
    monkeypatch.setattr(graph_inputs, "MAX_NEW_FILES", 50)
    checkout = project({"dvc.yaml": "stages: {a: {cmd: x, outs: [made]}}", ".gitignore": "/raw\n"})
    graph = Project(checkout.root).graph()
    for number in range(100):  # after DVC resolved: in an output, and in a folder that git ignores
        checkout.write({f"made/{number}": "", f"raw/deep/{number}": ""})
    assert Project(checkout.root).graph() == graph

    searched, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: searched.append(str(path)) or scandir(path))
    monkeypatch.setattr(sys, "executable", "/bin/false")

    assert Project(checkout.root).graph() == graph
    assert str(checkout.root / "raw") not in searched
    assert str(checkout.root / "made") not in searched
