"""A record or plan that an attacker wrote adds nothing to git that may execute."""

from __future__ import annotations

import dataclasses

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.cache.cache import DvcCache
from trimtab.pipeline.git.revision import Revision, commit_tree, git, pin_revision
from trimtab.pipeline.lock.content import ContentError
from trimtab.pipeline.record.provenance import parse_revision, require_project_revision
from trimtab.pipeline.record.record import Record, ensure_record, record_run

NOT_THERE = "c" * 40
HOSTILE = {"file": "echo mine\n", "folder/dvc.yaml": "stages: {}\n", "plain/report.json": "{}\n"}


@pytest.fixture
def hostile(project):
    """A project, contents in its cache, and a function that makes records of them."""
    checkout = project(ran=True)
    revision = pin_revision(checkout.root)
    checkout.write({f"../kept/{name}": text for name, text in HOSTILE.items()})
    with checkout.dvc() as repo:
        put = {
            name: DvcCache(repo).put(checkout.root.parent / "kept" / name)
            for name in ("file", "folder", "plain")
        }

    def record(files, **changes):
        pinned = {"baseline": revision.baseline, "dirty": False, "overrides": {}}
        made = Record(NOT_THERE, revision.sha, "e", "", "m", pinned, files)
        return dataclasses.replace(made, **changes)

    return checkout, put, record


def refs(checkout) -> str:
    return git(checkout.root, "for-each-ref")


def test_record_with_a_file_that_no_run_adds_is_refused(hostile):
    checkout, put, record = hostile
    before = refs(checkout)
    wrong = {
        "dvc.yaml": put["file"],
        "params.yaml": put["file"],
        "data/source.txt": put["file"],
        "pipelines/new.py": put["file"],
        "new.dvc": put["file"],
        ".gitattributes": put["file"],
        ".dvcignore": put["file"],
        ".dvc/config": put["file"],
        ".git/hooks/post-commit": put["file"],
        "../../victim": put["file"],
        "/tmp/victim": put["file"],
        "report": put["plain"],  # an output of a stage, in DVC's cache
        "report/dvc.lock": put["file"],
        "data/.dvcignore": put["file"],
        "metrics.json": put["folder"],  # an output that git has, as a folder that DVC would follow
        "metrics.json/dvc.yaml": put["file"],
        "dvc.lock": {**put["file"], "isexec": True},
        ".gitignore": put["file"],
        "data/.gitignore": put["folder"],
    }
    for path, content in wrong.items():
        with pytest.raises(ContentError) as refused:
            ensure_record(checkout.root, record({path: content}))
        assert path in str(refused.value)
    with pytest.raises(ContentError, match="not a hash"):
        ensure_record(checkout.root, record({"dvc.lock": {"hash": "md5", "md5": "../x"}}))
    assert refs(checkout) == before


def foreign_commit(checkout) -> str:
    """Make a commit in the repository to which no ref of the project leads."""
    tree = git(checkout.root, "rev-parse", "HEAD^{tree}")
    commit = commit_tree(
        checkout.root, tree, parent=pin_revision(checkout.root).sha, message="a pull request"
    )
    git(checkout.root, "update-ref", "refs/pull/1/head", commit)
    return commit


def test_revision_that_no_branch_contains_is_refused(hostile):
    checkout, _, record = hostile
    commit, head = foreign_commit(checkout), pin_revision(checkout.root).sha
    for sha, baseline in ((commit, commit), (commit, head)):
        pinned = {"baseline": baseline, "dirty": False, "overrides": {}}
        with pytest.raises(ProjectError, match=f"No branch or tag of the project leads to .*{commit[:12]}"):
            ensure_record(checkout.root, record({}, revision=sha, pinned=pinned))
        revision = Revision(sha, baseline, dirty=False, overrides={})
        with pytest.raises(ProjectError, match="No branch or tag"):
            record_run(checkout.root, revision, checkout.graph(), {}, name="run")
    with pytest.raises(ProjectError, match="No branch or tag"):
        ensure_record(checkout.root, record({}, commit=commit, revision=commit, pinned=pinned))
    assert "refs/exps" not in refs(checkout)


def test_revision_of_the_project_is_accepted(project):
    checkout = project()
    first = pin_revision(checkout.root)
    snapshot = pin_revision(checkout.root, {"draw.rows": 7})
    checkout.write({"data/source.txt": "changed\n"})
    dirty = pin_revision(checkout.root)
    checkout.commit("Second")
    git(checkout.root, "reset", "--quiet", "--soft", first.sha)
    checkout.commit("Second, amended")
    for revision in (
        first,
        snapshot,
        dirty,
        pin_revision(checkout.root),
        dataclasses.replace(first, sha=NOT_THERE),
    ):
        require_project_revision(checkout.root, revision)


@pytest.mark.parametrize(
    "change",
    [
        {"experiment": "../../heads/main"},
        {"experiment": "a:refs/heads/main"},
        {"commit": 7},
        {"message": "a\0b"},
        {"files": {"dvc.lock": 3}},
        {"files": []},
        {"pinned": None},
        {"more": 1},
    ],
    ids=str,
)
def test_malformed_record_is_refused(hostile, change):
    _, _, record = hostile
    with pytest.raises(ProjectError, match="no record of a run"):
        Record.from_dict({**record({}).to_dict(), **change})


@pytest.mark.parametrize("baseline", ["HEAD", "--all", "a" * 39, 3, None, "refs/pull/1/head"])
def test_revision_with_an_invalid_hash_is_refused(baseline):
    with pytest.raises(ProjectError, match="no revision of a run"):
        parse_revision({"sha": "a" * 40, "baseline": baseline, "dirty": False, "overrides": {}}, where="XCom")
