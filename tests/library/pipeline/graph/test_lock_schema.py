"""The fast check of lock files, compared with DVC's own reader."""

from __future__ import annotations

import pytest
from dvc.dvcfile import Lockfile
from dvc.exceptions import DvcException
from dvc.utils import strictyaml
from hypothesis import given
from hypothesis import strategies as st

from trimtab.pipeline.graph.lock_schema import is_certainly_valid

LOCK = """\
schema: '2.0'
stages:
  get:
    cmd: echo "a # b" > raw.txt
  grid@x-1:
    cmd:
    - 'test: -d'
    - echo 2
    deps:
    - path: ./raw.txt
      hash: md5
      md5: d41d8cd98f00b204e9800998ecf8427e
      size: 10
    - path: "0123"
      md5: '12345678901234567890123456789012'
      size: 0
      isexec: true
    params:
      params.yaml:
        a: 1e-3
        b.c:
        - true
        - {d: null, e: 2013}
        f: '2013-01-01'
    outs:
    - path: out
      hash: md5
      md5: d41d8cd98f00b204e9800998ecf8427e.dir
      size: 10
      nfiles: 2
  ? a very long name of a stage, longer than most, and longer, and longer still, yes, even longer
  : cmd: echo a long command that DVC folds because it is longer than the eighty characters
      that its writer puts on a line
"""


def dvc_accepts(tmp_path, content: bytes) -> bool:
    path = tmp_path / "dvc.lock"
    path.write_bytes(content)
    try:
        strictyaml.load(str(path), Lockfile.SCHEMA)
    except DvcException:
        return False
    return True


def test_lock_file_that_dvc_wrote_is_certainly_valid(project):
    checkout = project(ran=True)

    assert is_certainly_valid((checkout.root / "dvc.lock").read_bytes())
    assert is_certainly_valid(LOCK.encode())


ODD = {
    "nothing": "",
    "no schema": "stages: {}\n",
    "schema 1.0": "get:\n  cmd: x\n",
    "a number for a schema": "schema: 2.0\nstages: {}\n",
    "another schema": "schema: '3.0'\n",
    "torn in a text": LOCK[: LOCK.index(" -d'")],
    "torn in a key": LOCK[: LOCK.index("get:") + 2],
    "torn in a stage": LOCK[: LOCK.index("    cmd: echo")],
    "a list": "- schema\n",
    "a text": "schema",
    "two documents": LOCK + "---\n" + LOCK,
    "a conflict": LOCK.replace("    deps:", "<<<<<<< HEAD\n    deps:\n=======\n    deps:\n>>>>>>> other", 1),
    "a stage twice": LOCK + "  get:\n    cmd: x\n",
    "a param twice": LOCK.replace("        f: '", "        a: '"),
    "a date that there is not": LOCK.replace("'2013-01-01'", "2013-13-45"),
    "no command": LOCK.replace("    cmd: echo", "    deps: []\n    x: echo", 1),
    "a number for a command": LOCK.replace('echo "a # b" > raw.txt', "5"),
    "an unknown key": LOCK.replace("      nfiles: 2", "      files_: 2"),
    "a text for a size": LOCK.replace("size: 10", "size: '10'"),
    "a text for a list": LOCK.replace("    - path: out\n", "      path: out\n"),
    "no path": LOCK.replace("    - path: out\n      hash", "    - hash"),
    "a number for a hash": LOCK.replace("md5: d41d8cd98f00b204e9800998ecf8427e\n", "md5: 1.5\n"),
    "an alias": LOCK.replace("cmd: echo", "cmd: &x echo", 1).replace("'test: -d'", "*x"),
    "datasets": LOCK + "datasets: []\n",
    "a byte that is no text": "\udcff",
}


@pytest.mark.parametrize("name", ODD)
def test_lock_file_that_dvc_did_not_write_is_not_certainly_valid(name):
    content = ODD[name].encode(errors="surrogateescape")
    assert content != LOCK.encode()
    assert not is_certainly_valid(content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("locks")


@given(
    place=st.integers(0, len(LOCK)),
    length=st.integers(0, 30),
    new=st.text("ab '\"\n-:[]{}#&*!|>%@`0.e,?", max_size=4),
)
def test_lock_file_that_is_certainly_valid_is_accepted_by_dvc(folder, place, length, new):
    content = (LOCK[:place] + new + LOCK[place + length :]).encode()

    assert not is_certainly_valid(content) or dvc_accepts(folder, content)
