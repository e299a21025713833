"""Texts that are safe in a command and in a path."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.pipeline.params.shell_safety import find_danger, has_control_characters

OPTIONS = [
    "data --checkpoint=1 --checkpoint-action=exec=env",
    "--checkpoint-action=exec=env",
    "-h",
    "--raw=xx",
    "data -I id",
    "data:..",
    "data,../x",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "data\n-h",
    "data\t-h",
    "data\u00a0-h",
    "\u2013h",
    "\u2212-h",
    "\uff0dh",
    "~",
    "~root",
    "*",
    "d?ta",
    "[d]ata",
    "$IFS",
    "$HOME",
    "data=x",
    "@file",
    "+x",
    "=ls",
    "%1",
    "",
    ".",
    "..",
    ".git",
    ".hidden",
    "data/../../x",
    "data\\..",
    "/etc/passwd",
    "\uff44ata",
    "x; rm -rf /",
    "$(id)",
    "`id`",
    "a && b",
    "a|b",
    "a>b",
    "'",
    '"',
    "# x",
    "!!",
    "{a,b}",
    "a\0b",
    "a\x1b[2J",
    "x" * 1001,
]


@pytest.mark.parametrize("value", OPTIONS, ids=lambda value: ascii(value)[:30])
@pytest.mark.parametrize("known", ["data", None, "2013-06-01", "12", "a few words", "s; h"], ids=ascii)
def test_text_that_a_shell_may_not_read_as_one_word_is_dangerous(value, known):
    assert find_danger(value, known)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("file:///etc/passwd", "a:b/c"),
        ("file:/etc/passwd", "a:b/c"),
        ("a,-x", "a,b"),
        ("a,--plugin=x", "a,b=c"),
        ("a:..", "a:b"),
        ("a=/etc/passwd", "a=b/c"),
        ("data/.git/hooks", "data/raw"),
        ("data/.DVC/config", "data/raw"),
        ("/etc/passwd", "/data/2013"),
        ("/data/../etc", "/data/2013"),
        ("/etc", "/data"),
        ("../../etc/passwd", "../data/file"),
        ("http://169.254.169.254/", "https://host/2013.csv"),
        ("https://host@evil/2013.csv", "https://host/2013.csv"),
        ("https://host/../x", "https://host/2013.csv"),
        ("-1", "1"),
        ("1e5x", "1"),
        ("soon", "2013-06-01"),
        ("2013-06-01;00:00", "2013-06-01"),
        ("2013-13-01", "2013-06-01"),
        (["fine", "x; y"], ["a"]),
        ({"a": {"b": "$x"}}, {"a": {"b": "c"}}),
        ({"-a": "b"}, {"a": "b"}),
        ("SELECT * FROM b", "SELECT * FROM a"),
        ("(x|y)", "(a|b)"),
        (["*.txt"], ["*.csv"]),
    ],
    ids=ascii,
)
def test_text_of_another_kind_than_in_the_params_file_is_dangerous(value, known):
    assert find_danger(value, known)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("2013-07-01", "2013-06-01"),
        ("2013-06-01T00:00:00+00:00", "2013-06-01"),
        ("13", "12"),
        ("-2.5e3", "-1"),
        ("0.0.4", "0.0.3"),
        ("s-a_b.c", "flight"),
        ("na\u00efve", "flight"),
        ("\u65e5\u672c", "flight"),
        ("2013-05-01", None),
        ("approval", "automatic"),
        ("data/2014", "data/2013"),
        ("user@other:2", "user@host:1"),
        ("a=2,b=3", "a=1"[:2] + "1,c=2"),
        ("50%", "20%"),
        ("../data/other", "../data/file"),
        ("/data/2014", "/data/2013"),
        ("https://host/2014.csv", "https://host/2013.csv"),
        (["c", "a b"], ["a b", "c", "d"]),
        (
            [{"metric": "auc", "notes": "as it was; so be it"}],
            [{"metric": "f1", "notes": "as it was; so be it"}],
        ),
        ([1, None, True, 2.5], ["a"]),
    ],
    ids=ascii,
)
def test_text_of_the_same_kind_as_in_the_params_file_is_safe(value, known):
    assert find_danger(value, known) == ""


@given(st.text(max_size=12), st.sampled_from(["data", "a/b", "a,b=c", "k:v@w%+", "", "2013-06-01", "5"]))
def test_text_that_is_safe_is_one_word_for_a_shell(text, known):
    if text != known and find_danger(text, known) == "":
        assert shlex.split(text) == [text]
        assert not text.startswith(("-", "~"))
        assert shlex.quote(text) == text or not text.isascii()


@pytest.mark.parametrize("value", ["a\0b", "a\x1b", "a\x7f", ["x", "\x9b"], {"\u202e": 1}])
def test_control_characters_are_found(value):
    assert has_control_characters(value)
    assert not has_control_characters("two lines\nof text")
