"""The candidates of a run in the results of its tasks: which were registered, and which goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trimtab.airflow.xcom_payloads import Comparison, RegisteredVersion

if TYPE_CHECKING:
    from trimtab.registry import ComparedCandidate, PromotePolicy, Version

NOT_IN_SUMMARY = ("policy", "deadline_hours", "version", "others")  # keys of a comparison's payload


def registered_versions(registered: RegisteredVersion) -> list[RegisteredVersion]:
    """Return all versions that a run has registered; the model itself comes first."""
    return [registered, *registered.get("candidates", [])]


def find_registered(registered: RegisteredVersion, number: int) -> RegisteredVersion:
    """Return one of the versions that a run has registered."""
    return next(each for each in registered_versions(registered) if each["version"] == number)


def to_payload(compared: Sequence[ComparedCandidate], policy: PromotePolicy) -> Comparison:
    """Return the result of a comparison as the payload of an XCom.

    Args:
        compared: The candidates, the one that goes on first.
        policy: The policy of the run.
    """
    best, *others = compared
    payload: Comparison = {
        **best.summary.to_dict(),  # type: ignore[typeddict-item]  # the fields of a ComparisonSummary
        "policy": policy.policy,
        "deadline_hours": policy.deadline_hours,
    }
    if others:
        payload["version"] = best.version.version
        payload["others"] = [
            {"version": each.version.version, "summary": each.summary.to_dict()} for each in others
        ]
    return payload


def from_payload(payload: Comparison, versions: Mapping[int, Version]) -> list[ComparedCandidate]:
    """Return the candidates of a payload that :func:`to_payload` has made.

    Args:
        payload: The result of a comparison.
        versions: All versions that the run has registered, by number, the model itself first.
    """
    from trimtab.registry import ComparedCandidate, ComparisonSummary

    own = {key: value for key, value in payload.items() if key not in NOT_IN_SUMMARY}
    found: dict[int, Mapping[str, object]] = {payload.get("version", next(iter(versions))): own}
    found |= {each["version"]: each["summary"] for each in payload.get("others", [])}
    return [
        ComparedCandidate(versions[number], ComparisonSummary.from_dict(summary))
        for number, summary in found.items()
    ]
