"""One line of the isolation log, and the hash that a person gives."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.registry.isolation.isolation_entry import IsolationEntry, normalize_hash

HASH = "0123456789abcdef" * 2


def entry(**changes: object) -> IsolationEntry:
    values = {"number": 1, "hash": HASH, "how": "isolated", "by": "alice", "reason": "r", "at": "2026-01-01"}
    return IsolationEntry.model_validate({**values, **changes})


@pytest.mark.parametrize("given", [HASH, f"{HASH}.dir", f" {HASH.upper()}\n"])
def test_hash_of_a_file_or_a_folder_is_normalized(given):
    assert normalize_hash(given) == HASH


@pytest.mark.parametrize(
    "given", ["", "data/raw.csv", HASH[:-1], f"{HASH}0", "../" + HASH[3:], HASH[:-1] + "\0"]
)
def test_text_that_is_no_hash_is_refused(given):
    with pytest.raises(ConfigError, match="is not a hash of DVC's"):
        normalize_hash(given)


def test_entry_is_read_as_it_was_written():
    written = entry(versions={"flights": [2, 3]}, previous="f" * 64)

    assert IsolationEntry.parse(written.text) == written
    assert written.key == "000001"


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "no JSON",
        entry().text.replace('"isolated"', '"deleted"'),
        entry().text.replace("alice", "alice").replace(",", ", "),
        entry().text.replace('"number":1', '"number":"1"'),
        entry().text.replace("}", ',"more":1}', 1),
    ],
)
def test_text_that_the_log_does_not_write_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        IsolationEntry.parse(text)
