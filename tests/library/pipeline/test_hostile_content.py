"""What an attacker can put where the engine reads: nothing outside of the project is written or removed."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import sqlite3
from pathlib import Path

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from trimtab.errors import ConfigError, TrimtabError
from trimtab.gate_report import PAGE
from trimtab.pipeline.execution.gate_reports import read_report
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import Revision, ensure_revision, pin_revision
from trimtab.pipeline.graph import Output, Stage
from trimtab.pipeline.graph.project import GRAPH_CACHE
from trimtab.pipeline.lock.content import ContentError
from trimtab.pipeline.lock.lock_entry import output_contents
from trimtab.pipeline.record.checkout import check_out
from trimtab.pipeline.record.integrity import IntegrityChecker
from trimtab.pipeline.record.required_objects import find_required_objects
from trimtab.pipeline.worktree.worktree import WorkTree
from trimtab.user_cache import cache_folder

FOLDER = {
    ".gitignore": "/d\n/n.txt\n",
    "in.txt": "in\n",
    "dvc.yaml": "stages:\n  make: {cmd: mkdir d && echo a > d/a, deps: [in.txt], outs: [d]}\n"
    "  use: {cmd: ls d > n.txt, deps: [d], outs: [n.txt]}\n",
}
OUT = "a" * 32


def folder_object(checkout, files) -> str:
    """Put a listing into the cache, under its right hash, as an attacker would; return the hash."""
    listing = json.dumps(files).encode()
    md5 = hashlib.md5(listing).hexdigest()
    place = checkout.cache_object(f"{md5}.dir")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(listing)
    place.chmod(0o444)
    return f"{md5}.dir"


def victims(checkout) -> dict[Path, bytes]:
    """Write files where hashes that are none would lead to, below the cache or out of it."""
    cache = checkout.root / ".dvc/cache/files/md5"
    files = [
        checkout.root.parent / "victim",
        checkout.root / "victim",
        cache / "victim",
        cache.parent / "victim",
    ]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"mine")
    return dict.fromkeys(files, b"mine")


HOSTILE = [
    [{"md5": "../../../../victim", "relpath": "a"}],
    [{"md5": "xx/../../victim", "relpath": "a"}],
    [{"md5": "/etc/hostname", "relpath": "report.html"}],
    [{"md5": OUT, "relpath": "../../victim"}],
    [{"md5": OUT, "relpath": "report.html/../../../victim"}],
]


def refused_by_all(checkout, act) -> None:
    """See to it that a listing of each kind is refused, and that everything outside is as it was."""
    before = victims(checkout)
    for files in HOSTILE:
        md5 = folder_object(checkout, files)
        with pytest.raises(TrimtabError, match=r"folder object|listing|hash"):
            act(md5)
        assert {path: path.read_bytes() for path in before} == before


def test_listing_named_by_a_report_is_refused(project):
    checkout = project()
    refused_by_all(
        checkout, lambda md5: read_report(checkout.root, [{"path": "r", "hash": "md5", "md5": md5}], PAGE)
    )


@pytest.mark.parametrize("act", ["plan", "run"])
def test_listing_named_by_the_lock_is_refused(project, act):
    checkout = project(FOLDER, ran=True)
    right = checkout.locked("make")["outs"][0]["md5"]
    lock = checkout.lock()

    def go(md5: str) -> None:
        checkout.write({"dvc.lock": lock.replace(right, md5)})
        if act == "plan":
            checkout.plan()
        else:
            (checkout.root / "n.txt").unlink(missing_ok=True)
            run_here(checkout)

    if act == "run":  # the folder in place is not what the lock says, and "use" is not up to date either
        checkout.write({"d/a": "other\n"})
    refused_by_all(checkout, go)


def test_listing_named_by_a_dvc_file_is_refused(project):
    checkout = project({"dvc.yaml": "stages: {use: {cmd: ls d > n.txt, deps: [d], outs: [n.txt]}}\n"})

    def go(md5: str) -> None:
        checkout.write({"d.dvc": f"outs:\n- {{md5: {md5}, hash: md5, path: d}}\n"})
        run_here(checkout)

    refused_by_all(checkout, go)
    commit = checkout.commit()
    with pytest.raises(TrimtabError, match="listing"):
        check_out(checkout.root, commit, checkout.root.parent / "elsewhere")


def test_listing_of_a_remote_is_refused(project, tmp_path):
    checkout = project(FOLDER, ran=True)
    checkout.write(
        {".dvc/config.local": f"['remote \"r\"']\n    url = {tmp_path / 'r'}\n[core]\n    remote = r\n"}
    )
    right = checkout.locked("make")["outs"][0]["md5"]
    lock = checkout.lock()

    def go(md5: str) -> None:
        there = tmp_path / "r/files/md5" / md5[:2] / md5[2:]
        there.parent.mkdir(parents=True, exist_ok=True)
        checkout.cache_object(md5).replace(there)
        checkout.write({"dvc.lock": lock.replace(right, md5)})
        checkout.plan()

    refused_by_all(checkout, go)


@pytest.mark.parametrize("outs", [["x"], [{"md5": OUT}], [{"path": 1, "md5": OUT}], [None]])
def test_malformed_report_is_refused(project, outs):
    with pytest.raises(ContentError, match="has no files"):
        read_report(project().root, outs, PAGE)


def test_integrity_check_follows_no_hostile_listing(project):
    checkout = project(FOLDER, ran=True)
    right = checkout.locked("make")["outs"][0]["md5"]
    lock = checkout.lock()

    def go(md5: str) -> None:
        checkout.write({"dvc.lock": lock.replace(right, md5)})
        with checkout.dvc() as repo:
            tree = WorkTree(repo)
            for need in find_required_objects(tree, checkout.graph()):
                list(IntegrityChecker(deep=True).faults(tree, need))

    refused_by_all(checkout, go)


@pytest.mark.parametrize("md5", ["../../../../victim", "a" * 33, f"{OUT}.dir.dir", f"{OUT}\n", 7, ["a"]])
@pytest.mark.parametrize("path", ["d", "../project/d"])
def test_lock_entry_with_an_invalid_hash_is_refused(md5, path):
    stage = Stage("make", outs=(Output("d"), Output("../project/d")))
    with pytest.raises(ContentError, match="not a hash"):
        output_contents(stage, {"outs": [{"path": path, "md5": md5}]})


@pytest.mark.parametrize("outs", ["x", [1], [{}], [{"path": 3}], {"path": "d"}, [None]])
def test_malformed_lock_entry_is_refused(outs):
    with pytest.raises(ContentError, match="lock entry"):
        output_contents(Stage("make", outs=(Output("d"),)), {"outs": outs})


def test_lock_entry_with_a_path_that_is_no_output_checks_out_nothing(project):
    checkout = project(FOLDER, ran=True)
    revision, graph = pin_revision(checkout.root), checkout.graph()
    entry = checkout.locked("make")
    other = [{**entry["outs"][0], "path": path} for path in (".", "..", "../victim", ".git", "dvc.yaml")]

    done = run_stage(
        checkout.root, revision, graph, "use", {"make": {**entry, "outs": entry["outs"] + other}}, force=True
    )

    assert done.entry["outs"][0]["md5"] == checkout.locked("use")["outs"][0]["md5"]


@pytest.mark.parametrize("md5", ["../../../../victim", "/etc/hostname"])
def test_run_cache_entry_with_an_invalid_hash_is_not_used(project, md5):
    checkout = project(ran=True)
    (poisoned,) = [
        file
        for file in (checkout.root / ".dvc/cache/runs").rglob("*")
        if file.is_file() and "draw" in file.read_text()
    ]
    out = checkout.locked("draw")["outs"][0]["md5"]
    poisoned.write_text(poisoned.read_text().replace(out, f"'{md5}'"))
    (checkout.root / "dvc.lock").unlink()
    before = victims(checkout)

    assert checkout.states()["draw"] == "run"
    assert not poisoned.exists(), "as DVC removes what it cannot read"
    assert {path: path.read_bytes() for path in before} == before


def test_parsed_graph_and_lock_in_a_commit_are_not_used(project):
    checkout = project(ran=True)
    checkout.plan()
    caches = cache_folder(checkout.root, GRAPH_CACHE).parent
    told = {file: file.read_bytes() for file in caches.rglob("*") if file.suffix in (".graph", ".json")}
    assert len(told) > 1, "the caches are in use"
    for base in (".dvc/tmp/trimtab", ".trimtab", ".cache/trimtab"):
        for file, content in told.items():
            target = checkout.root / base / file.relative_to(caches)
            target.parent.mkdir(parents=True, exist_ok=True)
            head, _, body = content.replace(b"mkdir -p data", b"touch owned").partition(b"\n")
            name = hashlib.sha256(head + b"\n" + body).hexdigest()[:32]
            target.with_name(f"{name}.graph" if body else target.name).write_bytes(head + b"\n" + body)
    for file in told:
        file.unlink()

    assert "touch owned" not in checkout.graph().stage("draw").cmd[0]
    assert set(checkout.states().values()) == {"unchanged"}


def test_hash_database_in_a_commit_is_not_opened(project):
    checkout = project(ran=True)
    folder = checkout.root / ".dvc/tmp/trimtab/objects/hashes/local"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "cache.db") as database:
        database.execute("CREATE TABLE Settings (key TEXT, value)")
        database.execute("INSERT INTO Settings VALUES ('x', ?)", [pickle.dumps(os.getpid)])
    before = (folder / "cache.db").read_bytes()

    checkout.plan()

    assert (folder / "cache.db").read_bytes() == before


ALIASES = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize("text", [ALIASES, "a: " + "[" * 50_000], ids=["aliases", "nested"])
@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "dvc.lock", "other.yaml", "data.dvc"])
def test_bomb_in_a_project_is_refused_by_plan(project, name, text):
    stage = "stages: {a: {cmd: echo > o, params: [other.yaml: [x]], outs: [o]}}\n"
    checkout = project({"dvc.yaml": stage, "params.yaml": "x: 1\n", "other.yaml": "x: 1\n"})
    checkout.write({name: text})
    with pytest.raises(TrimtabError, match="too large to be read") as refused:
        checkout.plan()
    assert name in str(refused.value)
    assert "write a smaller file" in str(refused.value)


@pytest.mark.parametrize(
    "overrides", [{"draw.word": "--raw=xx"}, {"draw.rows": 10**400}, {"draw.words": "x"}]
)
def test_params_of_an_xcom_are_checked_as_those_of_the_form(project, overrides):
    checkout = project()
    head = checkout.git("rev-parse", "HEAD")
    with pytest.raises(ConfigError, match="param"):
        ensure_revision(checkout.root, Revision("d" * 40, head, dirty=False, overrides=overrides))
