"""Typed params: accepted values, refused values and the error texts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, ValidationError, ValidationInfo, model_validator

from trimtab.config import Params, load_params, parse_params
from trimtab.errors import ConfigError


class Grid(Params):
    """A nested section."""

    sizes: list[int] = [1]


class Train(Params):
    """A section."""

    depth: int = Field(ge=1, le=30)
    rate: float
    kind: Literal["tree", "line"] = "tree"
    until: str = "2013-07-01"
    shuffle: bool = True
    grid: Grid = Grid()

    @model_validator(mode="after")
    def _deep_trees_learn_slowly(self):
        if self.depth > 20 and self.rate > 0.5:
            raise ValueError("a depth over 20 needs a rate of 0.5 at most")
        return self


@pytest.fixture
def params(tmp_path, monkeypatch):
    """Write params.yaml in the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        Path("params.yaml").write_text(text, encoding="utf-8")
        return Path("params.yaml")

    return write


def refusal(section: str = "train") -> str:
    with pytest.raises(ConfigError) as error:
        load_params(Train, section)
    return str(error.value)


def test_load_params_of_a_valid_section_returns_its_model(params):
    params("train: {depth: 5, rate: 1e-3, grid: {sizes: [2, 3]}}\nother: 1\n")

    train = load_params(Train, "train")

    assert (train.depth, train.rate, train.kind, train.grid.sizes) == (5, 0.001, "tree", [2, 3])


def test_params_are_frozen(params):
    params("train: {depth: 5, rate: 1}\n")

    with pytest.raises(ValidationError):
        load_params(Train, "train").depth = 6


def test_empty_section_has_the_default_values(params):
    params("grid:\n")

    assert load_params(Grid, "grid") == Grid()


def test_integer_is_accepted_for_a_float(params):
    params("train: {depth: 5, rate: 1}\n")

    assert repr(load_params(Train, "train").rate) == "1.0"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("{rate: 1}", "'depth' is missing"),
        ("{depth: '5', rate: 1}", "'depth' is '5': Input should be a valid integer"),
        ("{depth: 5.0, rate: 1}", "'depth' is 5.0: Input should be a valid integer"),
        ("{depth: true, rate: 1}", "'depth' is True: Input should be a valid integer"),
        ("{depth: 0, rate: 1}", "'depth' is 0: Input should be greater than or equal to 1"),
        ("{depth: 31, rate: .1}", "'depth' is 31: Input should be less than or equal to 30"),
        ("{depth: 5, rate: fast}", "'rate' is 'fast': Input should be a valid number"),
        ("{depth: 5, rate: 1, kind: three}", "'kind' is 'three': Input should be 'tree' or 'line'"),
        ("{depth: 5, rate: 1, shuffle: 1}", "'shuffle' is 1: Input should be a valid boolean"),
        ("{depth: 5, rate: 1, shuffle: yes}", "'shuffle' is 'yes': Input should be a valid boolean"),
        (
            "{depth: 5, rate: 1, until: 2013-07-01}",
            "'until' is datetime.date(2013, 7, 1): Input should be a valid string",
        ),
        ("{depth: 5, rate: 1, dept: 6}", "unknown key 'dept'; did you mean 'depth'?"),
        ("{depth: 5, rate: 1, qqq: 6}", "unknown key 'qqq'"),
        (
            "{depth: 5, rate: 1, grid: {sizes: [1, a]}}",
            "'grid.sizes.1' is 'a': Input should be a valid integer",
        ),
        ("{depth: 5, rate: 1, grid: {size: [1]}}", "unknown key 'grid.size'"),
        ("{depth: 25, rate: 1}", "a depth over 20 needs a rate of 0.5 at most"),
        ("[5, 1]", "Input should be a valid dictionary"),
    ],
)
def test_invalid_value_is_refused_with_its_key(params, values, said):
    params(f"train: {values}\n")

    message = refusal()

    assert said in message
    assert "where: params.yaml: train" in message


def test_several_invalid_values_are_named_in_one_error(params):
    params("train: {depth: 0, rat: 1, kind: three}\n")

    message = refusal()

    assert message.startswith("4 value(s) are not valid: ")
    for name in ("'depth'", "'rat'; did you mean 'rate'?", "'kind'", "'rate' is missing"):
        assert name in message


def test_missing_section_error_names_the_most_similar_section_and_the_keys(params):
    params("trian: {depth: 5, rate: 1}\n")

    message = refusal()

    assert "The section is missing: train; did you mean 'trian'?" in message
    assert "add 'train:' with the keys depth, rate, kind, until, shuffle, grid" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("train: [", "not valid YAML"),
        ("a: 1\na: 2\n", "not valid YAML"),
        ("- 1\n", "not a mapping"),
        ("", "not a mapping"),
        ("just text", "not a mapping"),
    ],
)
def test_file_without_a_mapping_is_refused(params, text, said):
    params(text)

    message = refusal()

    assert said in message
    assert "params.yaml" in message


def test_file_that_is_not_utf8_is_refused(params):
    params("").write_bytes(b"a: \xff\xfe\n")

    assert "not valid YAML" in refusal()


def test_validators_of_a_section_know_the_context_that_is_given():
    class Limited(Params):
        depth: int

        @model_validator(mode="after")
        def _within(self, info: ValidationInfo) -> Limited:
            if self.depth > info.context["most"]:
                raise ValueError("too deep")
            return self

    assert parse_params(Limited, {"depth": 4}, where="m", context={"most": 4}).depth == 4
    with pytest.raises(ConfigError, match="too deep"):
        parse_params(Limited, {"depth": 5}, where="m", context={"most": 4})


def test_parse_params_checks_values_as_load_params_does():
    assert parse_params(Grid, {"sizes": [4]}, where="the form") == Grid(sizes=[4])
    with pytest.raises(ConfigError, match="where: the form"):
        parse_params(Grid, {"sizes": "4"}, where="the form")
