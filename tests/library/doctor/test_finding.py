"""Findings, as an XCom has them."""

from __future__ import annotations

import pytest

from trimtab.doctor.finding import Finding, parse_findings
from trimtab.errors import ServiceError


def test_findings_survive_a_round_trip():
    found = [Finding("disk", "warning", "3 GB", "free space"), Finding("git", "ok", "2.40")]
    assert parse_findings([each.to_dict() for each in found], where="") == found


@pytest.mark.parametrize(
    "values",
    [None, [], "text", [{"check": "disk"}], [{**Finding("a", "ok", "b").to_dict(), "status": "fine"}]],
)
def test_value_that_is_no_findings_is_refused(values):
    with pytest.raises(ServiceError, match="returned no findings"):
        parse_findings(values, where="run doctor/x")
