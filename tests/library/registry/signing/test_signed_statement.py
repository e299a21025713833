from __future__ import annotations

import json

import pytest

from trimtab.registry.signing.signed_statement import SignedStatement
from trimtab.registry.tracking import Version

TAGS = {"trimtab.key": "k", "trimtab.git_revision": "abc"}
OF_VERSION = {"trimtab.seal": "s", "trimtab.signed_by": "f", "trimtab.artifact_sha256": "0"}
LATER = {"trimtab.decision": "promoted", "mine": "note"}
STATEMENT = SignedStatement("fares", "run", TAGS, {"environment.txt": "1", "dvc.lock": "2"})


def version(name="fares", run="run", files=None, **tags: str) -> Version:
    seal = json.dumps({"tags": "", "files": files or {"environment.txt": "1"}})
    changed = {f"trimtab.{name}": value for name, value in tags.items()}
    return Version(name, 3, run, False, "k", {}, {**TAGS, **OF_VERSION, **LATER, **changed}, seal)


def test_statement_that_is_written_and_read_is_the_same(tmp_path):
    STATEMENT.write(tmp_path / "s")
    assert SignedStatement.read(tmp_path / "s") == STATEMENT


def test_statement_differs_in_nothing_from_its_version_whatever_was_tagged_later():
    assert list(STATEMENT.differences(version())) == []


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (version(name="flights"), "the model's name"),
        (version(run="another"), "the run"),
        (version(git_revision="evil"), "the tag trimtab.git_revision"),
        (version(record="evil"), "the tag trimtab.record"),
        (version(git_revision=""), "the tag trimtab.git_revision"),
        (version(files={"environment.txt": "9"}), "the file environment.txt"),
        (version(files={"uncommitted.patch": "1"}), "the file uncommitted.patch"),
    ],
)
def test_statement_names_what_a_version_has_otherwise(other, named):
    assert list(STATEMENT.differences(other)) == [named]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "trimtab.signed-statement/2"}', "\xff"])
def test_file_of_another_content_is_no_statement(tmp_path, content):
    (tmp_path / "s").write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"."):
        SignedStatement.read(tmp_path / "s")
