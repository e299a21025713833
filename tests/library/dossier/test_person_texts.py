"""The texts that only a person can write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.library.dossier.conftest import git
from trimtab.dossier.person_texts import DOSSIER_FILE, LONGEST_TEXT, PersonTexts, read_texts, topics
from trimtab.errors import ConfigError


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose pipeline is in a folder."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    root = tmp_path / "pipelines" / "flights"
    root.mkdir(parents=True)
    git(tmp_path, "init", "-q")
    return root


def commit(root, text: str) -> str:
    (root / DOSSIER_FILE).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Texts")
    return git(root, "rev-parse", "HEAD")


def test_texts_come_from_the_commit_and_not_from_the_working_tree(repository):
    first = commit(repository, "contact: a@example.com\n")
    commit(repository, "contact: b@example.com\n")
    (repository / DOSSIER_FILE).write_text("contact: c@example.com\n")
    read = read_texts(repository, first)
    assert read.texts.contact == "a@example.com"
    assert (read.source.kind, read.source.hash) == ("git commit", first)


def test_commit_without_the_file_has_no_text_and_misses_all(repository):
    (repository / "other").write_text("x")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Other")
    read = read_texts(repository, git(repository, "rev-parse", "HEAD"))
    missing = [missing.key for point in range(1, 10) for missing in read.missing(point)]
    assert missing == list(topics())
    assert not any(read.statements(point) for point in range(1, 10))


def test_text_that_is_written_is_a_statement_of_its_point_and_not_missing(repository):
    read = read_texts(repository, commit(repository, "risk_assessment: Low. See minutes of May.\n"))
    (statement,) = read.statements(5)
    assert (statement.text, statement.author) == ("Low. See minutes of May.", "person")
    assert read.missing(5) == ()
    assert "standards" in [missing.key for missing in read.missing(7)]


def test_unknown_key_is_refused_with_the_closest_one(repository):
    with pytest.raises(ConfigError, match=r"did you mean 'intended_purpose'\?") as refused:
        read_texts(repository, commit(repository, "intendet_purpose: x\n"))
    assert f"{DOSSIER_FILE} of commit" in refused.value.where


@pytest.mark.parametrize(
    "text", ["TODO", "tbd.", "''", "n/a", "'- '", "3", "[a, b]", "x" * (LONGEST_TEXT + 1)]
)
def test_placeholder_or_value_that_is_no_text_is_refused(repository, text):
    with pytest.raises(ConfigError, match="contact"):
        read_texts(repository, commit(repository, f"contact: {text}\n"))


def test_file_that_is_no_yaml_is_refused_with_its_commit(repository):
    with pytest.raises(ConfigError, match="not valid YAML") as refused:
        read_texts(repository, commit(repository, "contact: [\n"))
    assert "of commit" in refused.value.where


def test_link_to_another_file_is_refused(repository, tmp_path):
    (tmp_path / "secret").write_text("contact: x\n")
    (repository / DOSSIER_FILE).symlink_to(tmp_path / "secret")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Link")
    with pytest.raises(ConfigError, match="no regular file"):
        read_texts(repository, git(repository, "rev-parse", "HEAD"))


def test_every_key_says_what_it_has_to_answer_and_for_which_point():
    assert list(topics()) == list(PersonTexts.model_fields)
    assert {topic.point for topic in topics().values()} == set(range(1, 10))


def test_page_in_the_docs_lists_every_key_with_its_question_and_point():
    page = (Path(__file__).resolve().parents[3] / "docs" / "dossier.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (\d) \|$", page, re.M)
    assert rows == [(key, topic.question, str(topic.point)) for key, topic in topics().items()]
