"""Environment variables of the library: one that nobody reads is a typing error."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from trimtab.doctor.variables import KNOWN, check_variables

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _none_set(monkeypatch):
    for name in [name for name in os.environ if name.startswith("TRIMTAB_")]:
        monkeypatch.delenv(name)


def test_variable_that_nobody_reads_is_a_warning_with_the_closest_name(monkeypatch):
    monkeypatch.setenv("TRIMTAB_ALERT", "secret-value")

    (found,) = check_variables()

    assert found.status == "warning"
    assert found.seen == "nobody reads TRIMTAB_ALERT; did you mean 'TRIMTAB_ALERTS'?"


def test_known_variables_are_well(monkeypatch):
    monkeypatch.setenv("TRIMTAB_HOME", "/somewhere")

    (found,) = check_variables()

    assert (found.status, found.seen) == ("ok", "TRIMTAB_HOME")


def test_known_variables_are_those_of_the_env_example_and_of_stages():
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^(TRIMTAB_\w+)=", example, re.M)) | {"TRIMTAB_DAG_RUN"} == KNOWN
