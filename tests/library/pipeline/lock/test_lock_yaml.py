"""The text of a lock entry, compared with DVC's own writer."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from dvc.utils.serialize import dumps_yaml, parse_yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trimtab.pipeline.lock.lock_yaml import HEAD, entry_text, lock_file_text

MARKS = "abcyn019 _-.:/#'\"\\,[]{}&*!|>%@?~=\n\t\u00e9\u2028"  # all that means something to YAML
texts = st.text(MARKS, max_size=12) | st.text(max_size=30) | st.text("ab /:", min_size=60, max_size=120)
words = st.sampled_from(
    ["null", "Yes", "off", "1e3", "0x1f", "1_000", "2013-01-01", "1:30", ".5", "-", "~", "="]
)
hashes = st.text("0123456789abcdef", min_size=32, max_size=32) | st.just("1" * 31 + "e") | st.just("1" * 32)
contents = st.fixed_dictionaries(
    {"path": texts | words, "hash": st.just("md5"), "md5": hashes | hashes.map("{}.dir".format)},
    optional={"size": st.integers(0), "nfiles": st.integers(0), "isexec": st.just(True)},
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts | words | st.dates()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.integers(), inner, max_size=3),
    max_leaves=6,
)
entries = st.fixed_dictionaries(
    {"cmd": texts | words | st.lists(texts, min_size=1, max_size=3)},
    optional={
        "deps": st.lists(contents, min_size=1, max_size=2),
        "params": st.dictionaries(texts, st.dictionaries(texts | words, values, max_size=3), max_size=2),
        "outs": st.lists(contents, min_size=1, max_size=2),
    },
)


@given(texts | words, entries)
@example(
    "s", {"cmd": "true", "params": {"params.yaml": {"day": date(2013, 1, 1), "rate": 1e-05, "many": 1e16}}}
)
@example("s", {"cmd": "x" * 79})
@settings(max_examples=150, deadline=None, derandomize=True)
def test_entry_text_equals_that_of_dvc_byte_for_byte(name: str, entry: dict[str, Any]) -> None:
    written = dumps_yaml({"schema": "2.0", "stages": {name: copy.deepcopy(entry)}})

    assert HEAD + lock_file_text(name, entry) == written
    assert entry_text(entry) == dumps_yaml(copy.deepcopy(entry))


def is_kept_by_dvc(value: str) -> bool:
    """Whether DVC reads a text back that it has written: its writer folds some line breaks into spaces."""
    return not set("\x85\u2028\u2029") & set(value)


@pytest.mark.parametrize("key", ["path", "md5"])
@given((texts | words | hashes).filter(is_kept_by_dvc))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_entry_text_with_any_name_and_hash_is_read_back_unchanged(key: str, value: str) -> None:
    entry = {"cmd": "true", "outs": [{"path": "out", "hash": "md5", "md5": "0" * 32, key: value}]}

    assert parse_yaml(HEAD + lock_file_text("stage", entry), "dvc.lock")["stages"]["stage"] == entry


def test_entry_text_with_shared_objects_has_the_aliases_of_dvc():
    shared = [1, 2]
    entry = {"cmd": "true", "params": {"params.yaml": {"a": shared, "b": shared}}}

    assert HEAD + lock_file_text("s", entry) == dumps_yaml({"schema": "2.0", "stages": {"s": entry}})
