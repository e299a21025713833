"""What a run may set a text to."""

from __future__ import annotations

import pytest

from trimtab.pipeline.harmless import danger_of


@pytest.mark.parametrize(
    "value",
    [
        "2013-06-01T00:00:00+00:00",
        "data/raw",
        "a b, c",
        "x=1",
        "50%",
        "naïve",
        "日本",
        "s-a_b.c",
        "user@host:1",
        "",
    ],
)
def test_plain_text_is_harmless(value):
    assert danger_of(value, "flight") == ""


@pytest.mark.parametrize(
    "value",
    [
        "x; rm -rf /",
        "$(id)",
        "`id`",
        "a && b",
        "a | b",
        "a > b",
        "x\nrm y",
        "'",
        '"',
        "${draw.rows}",
        "*",
        "a\\b",
        "# x",
        ["fine", "x; y"],
        {"a": {"b": "$x"}},
    ],
)
def test_shell_code_is_dangerous(value):
    assert "shell" in danger_of(value, "flight")


@pytest.mark.parametrize("value", ["..", "../x", "data/../../x", "a\\..\\b"[:1] + "/..", "/etc/passwd"])
def test_a_way_out_of_the_project_is_dangerous(value):
    assert "out of the project" in danger_of(value, "data/raw")


@pytest.mark.parametrize("value", ["a\0b", "a\x1b", "a\x7f"])
def test_control_characters_are_dangerous(value):
    assert "control" in danger_of(value, "flight")


@pytest.mark.parametrize(
    ("value", "current"),
    [
        ("SELECT * FROM b", "SELECT * FROM a"),
        ("../other/file", "../data/file"),
        ("/data/2014", "/data/2013"),
        ("(x|y)", "(a|b)"),
        (["*.txt"], ["*.csv"]),
    ],
)
def test_what_params_yaml_holds_already_is_allowed(value, current):
    assert danger_of(value, current) == ""
