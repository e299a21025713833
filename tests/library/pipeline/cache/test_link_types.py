"""Link types: each `cache.type`, and file systems on which a type does not work."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from tests.library.pipeline.stage_kinds import pipeline
from trimtab.errors import TrimtabError

SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "types", [pytest.param("hardlink", marks=SLOW), "symlink", pytest.param("reflink,copy", marks=SLOW)]
)
def test_each_cache_type_equals_dvc_repro(project, as_dvc, types):
    checkout = project(
        pipeline(
            "a: {cmd: 'mkdir a && cp source.txt a/x && touch a/t.tmp', deps: [source.txt], outs: [a]}",
            "b: {cmd: 'echo b | cat - a/x > b.sh; chmod +x b.sh', deps: [a], outs: [b.sh]}",
            "m: {cmd: echo m | cat - a/x > m.json, deps: [a/x], metrics: [m.json: {cache: false}]}",
            "p: {cmd: echo p | cat - source.txt >> p.txt, deps: [source.txt], outs: [p.txt: {persist: true}]}",
            **{".dvcignore": "*.tmp\n"},
        )
    )
    checkout.write({".dvc/config": f'[cache]\n    type = "{types}"\n'})
    as_dvc(checkout)
    checkout.write({"source.txt": "two\n"})
    as_dvc(checkout, jobs=3)
    shutil.rmtree(checkout.root / "a")
    as_dvc(checkout)
    checkout.write({"source.txt": "one\n"})
    as_dvc(checkout)


@pytest.fixture
def elsewhere(tmp_path):
    """A folder on another file system."""
    folders = (
        folder
        for folder in (Path("/dev/shm"), Path("/var/tmp"))
        if os.access(folder, os.W_OK) and folder.stat().st_dev != tmp_path.stat().st_dev
    )
    if not (folder := next(folders, None)):
        pytest.skip("there is no other file system")
    with tempfile.TemporaryDirectory(dir=folder) as made:
        yield made


@pytest.mark.parametrize("kind", ["hardlink", "reflink"])
def test_link_type_that_does_not_work_is_refused_before_outputs_are_removed(project, elsewhere, kind):
    checkout = project(pipeline("a: {cmd: 'mkdir d; echo 1 > d/x; echo 2 > o; touch ran', outs: [d, o]}"))
    checkout.write({"d/x": "mine", "o": "mine"})
    checkout.write({".dvc/config": f"[cache]\n    dir = {elsewhere}\n    type = {kind}\n"})

    with pytest.raises(TrimtabError, match=f"No link type of cache.type works here: {kind}"):
        run_here(checkout)

    assert (checkout.read("d/x"), checkout.read("o")) == ("mine", "mine")
    assert not (checkout.root / "ran").exists()


def test_sandbox_copies_if_no_link_type_works(project, elsewhere):
    checkout = project(pipeline("a: {cmd: echo 1 > o, outs: [o]}", "b: {cmd: cp o p, deps: [o], outs: [p]}"))
    checkout.write({".dvc/config": f"[cache]\n    dir = {elsewhere}\n    type = hardlink\n"})
    checkout.commit()

    assert checkout.run_all().ran == ["a", "b"]
