"""The candidates of a run in the results of its tasks."""

from __future__ import annotations

import pytest

from trimtab.airflow.candidate_results import find_registered, from_payload, registered_versions, to_payload
from trimtab.errors import RegistryError
from trimtab.registry import ComparedCandidate, ComparisonSummary, PromotePolicy, Version

MODEL = {"name": "m", "version": 3, "created": True, "run_id": "r3", "reason": "r", "url": "u3"}
ROLLING = {**MODEL, "version": 4, "run_id": "r4", "url": "u4"}
POLICY = PromotePolicy(policy="approval", deadline_hours=5)


def compared(number: int, verdict: str) -> ComparedCandidate:
    version = Version("m", number, f"r{number}", True, "", {}, {})
    return ComparedCandidate(version, ComparisonSummary(verdict, f"{number} is {verdict}", 1, "head"))


def test_run_that_registered_one_version_has_the_payloads_of_earlier_releases():
    payload = to_payload([compared(3, "better")], POLICY)

    assert registered_versions(MODEL) == [MODEL]
    assert payload == {
        "verdict": "better",
        "sentence": "3 is better",
        "champion": 1,
        "head": "head",
        "challenger_figures": {},
        "champion_figures": {},
        "gain": {},
        "run_id": "",
        "report_sha256": "",
        "policy": "approval",
        "deadline_hours": 5,
    }
    assert from_payload(payload, {3: compared(3, "better").version}) == [compared(3, "better")]


def test_candidates_are_the_same_and_in_the_same_order_after_an_xcom():
    ranked = [compared(4, "better"), compared(3, "not better")]
    versions = {number: compared(number, "").version for number in (3, 4)}

    payload = to_payload(ranked, POLICY)

    assert (payload["version"], payload["verdict"]) == (4, "better")
    assert from_payload(payload, versions) == ranked


def test_registered_version_of_a_candidate_is_found_by_its_number():
    registered = {**MODEL, "candidates": [ROLLING]}

    assert [each["version"] for each in registered_versions(registered)] == [3, 4]
    assert find_registered(registered, 4)["url"] == "u4"


def test_version_that_the_run_has_not_registered_is_refused_wherever_an_xcom_names_it():
    versions = {number: compared(number, "").version for number in (3, 4)}
    payload = to_payload([compared(4, "better"), compared(3, "not better")], POLICY)

    for forged in ({**payload, "version": 9}, {**payload, "others": [{"version": 9, "summary": {}}]}):
        with pytest.raises(RegistryError, match="Version 9 was compared, and the run has registered 3, 4"):
            from_payload(forged, versions)
    with pytest.raises(RegistryError, match="Version 9 was compared"):
        find_registered({**MODEL, "candidates": [ROLLING]}, 9)


def test_payload_has_a_second_person_only_where_the_policy_asks_for_one():
    ranked = [compared(3, "better")]
    assert "second_person" not in to_payload(ranked, POLICY)
    payload = to_payload(ranked, POLICY.model_copy(update={"second_person": True}))
    assert payload["second_person"] is True
    assert from_payload(payload, {3: ranked[0].version}) == ranked


def test_freeze_is_in_the_payload_and_not_in_the_summary():
    payload = to_payload([compared(3, "better")], POLICY, "promotions are frozen")
    assert payload["frozen"] == "promotions are frozen"
    assert "frozen" not in to_payload([compared(3, "better")], POLICY)
    version = compared(3, "better").version
    assert from_payload(payload, {3: version})[0].summary == compared(3, "better").summary
