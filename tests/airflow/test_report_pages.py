"""What counts as a report that a task has kept; `tests/e2e` asks the real api-server for them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trimtab.airflow.reports import kept_report

FINE = {
    "project": "p",
    "outs": [{"path": "r", "hash": "md5", "md5": "0" * 32 + ".dir", "size": 3, "nfiles": 1}],
}


class Session:
    """A database with one XCom."""

    def __init__(self, value):
        self.found = SimpleNamespace(value=value)

    def scalars(self, query):
        return SimpleNamespace(first=lambda: self.found)


@pytest.mark.parametrize(
    "value",
    [None, 5, "x", "{", [], {}, {"project": "p"}, {"project": 1, "outs": []}, {"project": "p", "outs": "x"}]
    + [{"project": "p", "outs": [out]} for out in (7, None, {}, {"path": 3}, {"path": "x", "md5": {"a": 1}})],
    ids=str,
)
def test_malformed_xcom_is_no_report(value):
    assert kept_report(Session(value), "d", "r", "t") is None


def test_report_is_reduced_to_what_says_where_it_is():
    kept = kept_report(Session(FINE), "d", "r", "t")
    assert kept == {
        "project": "p",
        "outs": [{"path": "r", "hash": "md5", "md5": "0" * 32 + ".dir", "size": 3}],
    }
