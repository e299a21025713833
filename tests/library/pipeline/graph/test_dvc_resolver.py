"""The record of what DVC's resolver reads, searches and refuses."""

from __future__ import annotations

import contextlib

import pytest
from dvc.repo import Repo

from trimtab.errors import TrimtabError
from trimtab.pipeline.graph.dvc_resolver import hash_graph_files, recorded_resolver

FILES = {
    "dvc.yaml": "vars: [more.yaml]\nstages: {a: {cmd: 'echo ${more}', outs: [made]}}\n",
    "params.yaml": "x: 1\n",
    "more.yaml": "more: 3\n",
    "sub/dvc.yaml": "stages: {b: {cmd: x}}\n",
    "data/rows.txt": "rows\n",
    ".gitignore": "/skipped\n",
    "skipped/dvc.yaml": "stages: {c: {cmd: x}}\n",
}


@contextlib.contextmanager
def recording(root):
    """Let DVC resolve a project, and yield the record."""
    with contextlib.chdir(root), recorded_resolver(root, root) as record:
        with Repo(str(root)) as repo:
            assert repo.index.stages is not None
        yield record


def test_graph_files_are_those_of_dvc_with_params_and_lock_beside_each_dvc_yaml(project):
    root = project(FILES).root

    found = hash_graph_files(root, ["skipped"])

    assert {"dvc.yaml", "params.yaml", "dvc.lock", "sub/dvc.yaml", "sub/params.yaml"} <= set(found)
    assert found["dvc.lock"] == "", "it does not exist"
    assert not [name for name in found if name.startswith(("data", "skipped"))]


def test_record_has_the_files_that_templating_read_and_the_folders_that_dvc_searched(project):
    root = project(FILES).root

    with recording(root) as record:
        assert set(record.read) == {"params.yaml", "more.yaml"}
        assert sorted(record.loaded) == ["dvc.yaml", "sub/dvc.yaml"]
        assert {".", "sub", "data"} <= record.searched
        assert "skipped" not in record.searched


def test_inputs_name_the_folders_that_dvc_skipped(project):
    root = project(FILES).root

    with recording(root) as record:
        inputs = record.inputs(root, [])

    assert inputs["skipped"] == ["skipped"]
    assert {"dvc.yaml", "sub/dvc.yaml"} <= set(inputs["found"])
    assert "skipped/dvc.yaml" not in inputs["found"]
    assert inputs["place"] is None


def test_inputs_have_the_root_where_a_file_contains_its_path(project):
    checkout = project(FILES)
    checkout.edit("params.yaml", "x: 1", f"x: {checkout.root}")

    with recording(checkout.root) as record:
        assert record.inputs(checkout.root, [])["place"] == str(checkout.root)


def test_inputs_are_unknown_where_a_folder_appeared_while_dvc_resolved(project):
    checkout = project(FILES)

    with recording(checkout.root) as record:
        checkout.write({"late/dvc.yaml": "stages: {}\n"})
        assert record.inputs(checkout.root, []) is None


@pytest.mark.parametrize("path", ["dvc.yaml", "more.yaml", "sub/rows.csv.dvc"])
def test_inputs_are_unknown_where_a_file_changed_while_dvc_resolved(project, path):
    checkout = project(FILES)

    with recording(checkout.root) as record:
        checkout.write({path: "stages: {}\n"})
        assert record.inputs(checkout.root, []) is None


def test_file_that_is_being_read_is_known_when_a_yaml_bomb_is_refused(project):
    checkout = project(FILES)
    checkout.write({"more.yaml": "a: " + "[" * 50_000})

    with contextlib.chdir(checkout.root), recorded_resolver(checkout.root, checkout.root) as record:
        with pytest.raises(TrimtabError, match="too large to be read"), Repo(str(checkout.root)) as repo:
            assert repo.index.stages is not None
        assert (record.reading, record.loaded) == ("more.yaml", [])
