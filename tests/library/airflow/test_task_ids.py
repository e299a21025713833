"""Task ids: readable, legal, and never the same for two stages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.airflow.task_ids import LONGEST, PLAN, RECORD, former_id, task_id

TRICKY = st.sampled_from(
    [*"ab_-.@:/ ", "__18caa6249b", "dvc.yaml", "..", "__", "é", "日", "\u0301", "x" * 250]
)
NAMES = st.lists(TRICKY, min_size=1, max_size=12).map("".join) | st.text(min_size=1)


@pytest.mark.parametrize(
    ("stage", "task"),
    [
        ("train", "train"),
        ("train-2_x", "train-2_x"),
        ("entraîne", "entraîne"),
        ("features@a", "features.a"),
        ("train@lr0.1-adam", "train.lr0.1-adam"),
        ("sub/dvc.yaml:train", "sub.dvc.yaml.train"),
        ("a/b/dvc.yaml:train@x", "a.b.dvc.yaml.train.x"),
    ],
)
def test_task_id_is_the_stage_name_where_airflow_takes_it(stage, task):
    assert task_id(stage) == task


@pytest.mark.parametrize("stage", ["my stage", "a@b:c", "plan", "record", "sub@dvc.yaml.train", "a@b..c"])
def test_task_id_of_any_other_name_is_readable(stage):
    words = re.findall(r"\w+", stage)
    assert task_id(stage).startswith(words[0])
    assert re.search(r"__[0-9a-f]{10}$", task_id(stage))


def test_stage_named_like_an_id_with_a_hash_gets_a_hash_of_its_own():
    odd = task_id("my stage")
    assert task_id(odd) not in (odd, task_id("my stage"))


def test_former_id_is_that_of_earlier_releases():
    assert former_id(task_id("my stage")) == "my_stage..18caa6249b"
    assert former_id(f"group.{task_id('my stage')}") == "group.my_stage..18caa6249b"
    assert former_id(task_id("train@a")) is None


@given(NAMES)
def test_task_id_is_always_legal_in_airflow(stage):
    own = task_id(stage, prefix="group.")
    assert re.fullmatch(r"[\w.-]+", own)
    assert ".." not in own
    assert len(f"group.{own}".encode()) <= LONGEST
    assert own not in (PLAN, RECORD)


@given(NAMES, NAMES)
def test_two_stages_never_have_the_same_id(one, other):
    assert one == other or task_id(one) != task_id(other)


@given(st.lists(st.sampled_from("a.@:/_-"), min_size=1, max_size=8).map("".join))
def test_task_id_of_a_task_id_differs(stage):
    """A stage might be named as another one's id."""
    own = task_id(stage)
    assert own == stage or task_id(own) != own


def test_task_id_does_not_depend_on_other_stages():
    assert task_id("a@b") == task_id("a@b")
    assert len({task_id(name) for name in ("a@b", "a__b", "a_b", "a b", "a:b", "a.b", "a/b")}) == 7
