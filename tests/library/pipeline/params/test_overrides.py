"""Overrides of params.yaml."""

from __future__ import annotations

import json

import pytest

from trimtab.errors import ConfigError
from trimtab.flattening import flatten
from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.params.overrides import apply_overrides, check_overrides

PARAMS = """\
# Keep this comment.
train:
  depth: 5         # splits, 1 to 30
  rate: 1e-3
  shuffle: false
  name: "first"

  layers: [64, 32] # sizes
  until:
ingest: {from: '2013-01-01', limit: 3}
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "params.yaml").write_text(PARAMS)
    return tmp_path


def test_flatten_of_a_params_file_yields_its_values_by_dotted_key(root):
    assert dict(flatten(load_yaml(root / "params.yaml"), only_addressable=True)) == {
        "train.depth": 5,
        "train.rate": 0.001,
        "train.shuffle": False,
        "train.name": "first",
        "train.layers": [64, 32],
        "train.until": None,
        "ingest.from": "2013-01-01",
        "ingest.limit": 3,
    }


def test_override_that_equals_params_yaml_is_left_out(root):
    given = {"train.rate": 1e-3, "train.depth": 6, "train.name": "first", "ingest.limit": 3}

    assert check_overrides(root, given) == {"train.depth": 6}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("train.depth", 6),
        ("train.rate", 0.5),
        ("train.shuffle", True),
        ("train.name", "second-of-2013"),
        ("train.layers", [8]),
        ("train.until", "2013-05-01"),
    ],
)
def test_override_of_the_same_type_is_accepted(root, key, value):
    assert check_overrides(root, {key: value}) == {key: value}


def test_override_of_a_float_with_an_integer_becomes_a_float(root):
    checked = check_overrides(root, {"train.rate": 1})

    assert repr(checked) == "{'train.rate': 1.0}"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("train.depth", "6"),
        ("train.depth", 6.0),
        ("train.depth", True),
        ("train.depth", None),
        ("train.rate", "1e-3"),
        ("train.rate", True),
        ("train.shuffle", 1),
        ("train.shuffle", "yes"),
        ("train.name", 1),
        ("train.layers", {"a": 1}),
        ("train.layers", "64"),
        ("train.until", ["2013-05-01"]),
        ("train.until", {"checkpoint-action": "exec"}),
    ],
)
def test_override_of_another_type_is_refused_with_both_types(root, key, value):
    with pytest.raises(ConfigError) as refusal:
        check_overrides(root, {key: value})

    message = str(refusal.value)
    assert key in message
    assert repr(value) in message
    assert f"is a {type(value).__name__}, not a" in message


@pytest.mark.parametrize("value", ["$(reboot)", "x; rm -rf .", "../../etc", "/etc/passwd"])
def test_override_that_is_not_safe_in_a_command_or_a_path_is_refused(root, value):
    with pytest.raises(ConfigError, match=r"'train.name' cannot be .*\n.*train.name = 'first'"):
        check_overrides(root, {"train.name": value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("train.depth", 10**400),
        ("train.depth", -(10**5000)),
        ("train.depth", 2**63),
        ("train.rate", 10**400),
        ("train.rate", float("nan")),
        ("train.rate", float("inf")),
        ("train.rate", "x" * 10_000_000),
        ("train.name", "x" * 10_000_000),
        ("train.until", 10**400),
        ("train.until", [[float("-inf")]]),
        ("train.layers", [10**400]),
        ("train.layers", [1] * 10_000_000),
        ("train.layers", json.loads("[" * 900 + "]" * 900)),
        ("train.until", json.loads('{"a":' * 900 + "1" + "}" * 900)),
    ],
    ids=lambda value: str(type(value).__name__),
)
def test_override_above_a_size_limit_is_refused(root, key, value):
    with pytest.raises(ConfigError, match=f"'{key}' is too large") as refusal:
        check_overrides(root, {key: value})
    assert len(str(refusal.value)) < 500


def test_override_of_an_ordinary_size_is_accepted(root):
    given = {"train.depth": 2**62, "train.rate": -1e300, "train.layers": list(range(9000))}
    assert check_overrides(root, given) == given


ANY_TEXT = "stages:\n  ask:\n    cmd: echo\n    meta: {trimtab: {any_text: [train.name]}}\n"


def test_override_of_a_param_that_a_stage_declares_as_any_text_is_accepted(project):
    checkout = project({"params.yaml": PARAMS, "dvc.yaml": ANY_TEXT})

    assert check_overrides(checkout.root, {"train.name": "two words; *"}) == {"train.name": "two words; *"}
    with pytest.raises(ConfigError, match=r"not a date"):
        check_overrides(checkout.root, {"ingest.from": "--raw=xx"})
    with pytest.raises(ConfigError, match=r"shell"):
        check_overrides(checkout.root, {"train.name": "\x1b[2J"})


def test_committed_param_with_spaces_is_inserted_into_the_command_unchanged(project):
    files = {
        "params.yaml": "files: in.txt other.txt\n",
        "in.txt": "a\n",
        "other.txt": "b\n",
        ".gitignore": "/o\n",
    }
    stage = "stages: {both: {cmd: 'cat ${files} > o', deps: [in.txt, other.txt], outs: [o]}}"
    checkout = project({**files, "dvc.yaml": stage})

    assert checkout.run_all({"files": "in.txt other.txt"}).ran == ["both"]
    for given in ("in.txt -n", "other.txt in.txt", "../x"):
        with pytest.raises(ConfigError, match="cannot be"):
            pin_revision(checkout.root, {"files": given})


@pytest.mark.parametrize("element", ["64", 6.5, True, [64], {"a": 1}, None])
def test_override_with_an_element_of_another_type_is_refused(root, element):
    with pytest.raises(ConfigError, match=r"'train\.layers' cannot hold"):
        check_overrides(root, {"train.layers": [64, element]})


@pytest.mark.parametrize("key", ["train", "depth", "train.depht", "train.depth.x", "", "../params.yaml"])
def test_override_of_a_key_that_does_not_exist_is_refused(root, key):
    with pytest.raises(ConfigError, match="There is no param"):
        check_overrides(root, {key: 1})


def test_override_with_a_misspelt_key_is_refused_with_the_closest_key(root):
    with pytest.raises(ConfigError, match=r"did you mean 'train\.depth'\?"):
        check_overrides(root, {"train.depht": 1})


def test_override_without_a_params_file_is_refused(tmp_path):
    assert check_overrides(tmp_path, {}) == {}
    with pytest.raises(ConfigError, match="does not exist"):
        check_overrides(tmp_path, {"a": 1})


def test_applying_overrides_keeps_comments_order_and_other_values():
    changed = apply_overrides(PARAMS, {"train.depth": 6, "ingest.limit": 4})

    expected = PARAMS.replace("depth: 5 ", "depth: 6 ").replace("limit: 3", "limit: 4")
    assert changed == expected.replace('"first"', "first")  # DVC's own writer drops quotes
    assert load_text(changed) == load_text(expected)


def test_override_of_a_key_with_a_dot_is_refused(root):
    (root / "params.yaml").write_text("a.b: 1\n3: 2\nc: {d.e: 3, f: 4}\n")

    assert dict(flatten(load_yaml(root / "params.yaml"), only_addressable=True)) == {"c.f": 4}
    with pytest.raises(ConfigError, match=r"There is no param 'a\.b'"):
        check_overrides(root, {"a.b": 2})


@pytest.mark.parametrize("value", ["1e-3", "yes", "null", "2013-05-01", "a: b # c\n- d", "", "${x.y}", "'\""])
def test_applied_override_of_a_text_is_read_back_as_the_same_text(value):
    text = apply_overrides(PARAMS, {"train.name": value})

    assert load_text(text)["train"]["name"] == value


@pytest.mark.parametrize("value", [1e-07, 0.1, 1e300, float("inf"), -0.5])
def test_applied_override_of_a_number_is_read_back_as_the_same_number(value):
    text = apply_overrides(PARAMS, {"train.rate": value})

    assert load_text(text)["train"]["rate"] == value


def load_text(text: str):
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)
