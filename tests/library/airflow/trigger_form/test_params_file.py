"""``params.yaml`` as the trigger form reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.airflow.trigger_form import params_file
from trimtab.airflow.trigger_form.params_file import read_leaves
from trimtab.errors import ConfigError
from trimtab.flattening import flatten
from trimtab.params_file import load_yaml


@pytest.fixture
def read(tmp_path):
    """Write a params file and read it."""

    def run(text):
        (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
        return {leaf.key: leaf for leaf in read_leaves(tmp_path)}

    return run


SCALARS = [
    *("1", "010", "0o17", "0xff", "1_000", "1e-3", "1E5", ".5", "1.", "-.inf", "+12", "1.5e+3", "-0"),
    *("yes", "no", "on", "off", "y", "true", "False", "NULL", "~", "", "2013-06-01", "1:30", "0b11", "1.2.3"),
    *('"quoted # no comment"', "'a: b'", "[1, 2.5, x]", "{a: 1, b: [2]}", "text with spaces", "e5", "."),
]


@pytest.mark.parametrize("scalar", SCALARS)
def test_value_equals_that_of_dvcs_parser(read, tmp_path, scalar):
    found = read(f"s:\n  key: {scalar}\n")
    assert {key: leaf.value for key, leaf in found.items()} == dict(
        flatten(load_yaml(tmp_path / "params.yaml"), only_addressable=True)
    )


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from(SCALARS), min_size=1))
def test_several_values_equal_those_of_dvcs_parser(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("params")
    file = folder / "params.yaml"
    file.write_text("top:\n" + "".join(f"  {key}: {value}  # note\n" for key, value in values.items()))
    assert {leaf.key: leaf.value for leaf in read_leaves(folder)} == dict(
        flatten(load_yaml(file), only_addressable=True)
    )


def test_comment_is_behind_the_value_or_above_it(read):
    found = read(
        "# Of the file\n\ntrain:\n  depth: 3  # levels, 1 or more\n"
        "  # Lines above\n  # are joined\n  rate: 0.1\n  word: 'a # b'  # quoted\n"
        "  names:  # of columns\n    - x\n    - y\n  bare: 1\n"
        "  text: |\n    # inside\n    more\n  last: 5 #no space\n"
    )
    assert {key.removeprefix("train."): leaf.comment for key, leaf in found.items()} == {
        "depth": "levels, 1 or more",
        "rate": "Lines above are joined",
        "word": "quoted",
        "names": "of columns",
        "bare": "",
        "text": "",
        "last": "no space",
    }


def test_merged_mapping_is_read_and_a_key_with_a_dot_is_left_out(read):
    found = read("base: &b\n  x: 1\nown:\n  <<: *b\n  y: 2\na.b: 3\n4: 5\n")
    assert {key: leaf.value for key, leaf in found.items()} == {"base.x": 1, "own.x": 1, "own.y": 2}


@pytest.mark.parametrize("text", ["a: [", "- a\n- b\n", "\ta: 1", "a: *nowhere"])
def test_file_that_is_no_mapping_in_yaml_is_refused(read, text):
    with pytest.raises(ConfigError, match=r"params\.yaml"):
        read(text)


def test_aliases_of_aliases_are_read_up_to_a_limit(read):
    text = "a0: &a0 {x: 1, y: 2}\n" + "".join(
        f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 40)
    )
    with pytest.raises(ConfigError, match=f"more than {params_file.MOST} values"):
        read(text)


def test_mapping_that_holds_itself_is_read_up_to_a_limit(read):
    assert read("a: &a\n  b: *a\n  c: 1\n")["a.c"].value == 1


def test_project_without_the_file_has_no_values(tmp_path):
    assert read_leaves(tmp_path) == []


def test_cache_that_a_commit_may_hold_is_not_read(read, tmp_path):
    """Whatever lies in `.dvc/tmp` of a checkout, the form is made of `params.yaml` alone."""
    poisoned = tmp_path / ".dvc" / "tmp" / "trimtab" / "forms"
    poisoned.mkdir(parents=True)
    (poisoned / "0").write_text('{"a.b": "rm -rf"}')
    assert {key: leaf.value for key, leaf in read("a:\n  b: 1\n").items()} == {"a.b": 1}
