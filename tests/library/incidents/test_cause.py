"""The cause of an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.library.incidents.conftest import CAUSE


def test_key_of_a_cause_begins_with_its_subject_and_is_the_same_in_every_process():
    assert CAUSE.key == "validate_raw-" + CAUSE.key.rpartition("-")[2]
    assert replace(CAUSE).key == CAUSE.key


@pytest.mark.parametrize(
    "other",
    [
        {"dag_id": "drift_check"},
        {"kind": "gate error"},
        {"task_id": "group.validate_raw"},
        {"subject": "validate_model"},
    ],
)
def test_causes_that_differ_in_anything_have_different_keys(other):
    assert replace(CAUSE, **other).key != CAUSE.key


def test_key_of_a_hostile_subject_is_safe_in_a_filter_and_a_shell():
    key = replace(CAUSE, subject="a' or 1=1 -- `rm` $(x)\n☠").key
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
    assert replace(CAUSE, subject="☠").key.startswith("incident-")
