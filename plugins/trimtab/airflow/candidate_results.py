"""The candidates of a run in the results of its tasks: which were registered, and which goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trimtab.airflow.xcom_payloads import Comparison, RegisteredVersion
from trimtab.errors import RegistryError

if TYPE_CHECKING:
    from trimtab.registry import ComparedCandidate, PromotePolicy, Version

# Keys of a comparison's payload that are not of its summary.
NOT_IN_SUMMARY = ("policy", "deadline_hours", "second_person", "frozen", "version", "others")


def registered_versions(registered: RegisteredVersion) -> list[RegisteredVersion]:
    """Return all versions that a run has registered; the model itself comes first."""
    return [registered, *registered.get("candidates", [])]


def find_registered(registered: RegisteredVersion, number: int) -> RegisteredVersion:
    """Return one of the versions that a run has registered.

    Raises:
        RegistryError: The run has not registered it.
    """
    found = {each["version"]: each for each in registered_versions(registered)}
    _require_registered(number, found)
    return found[number]


def to_payload(compared: Sequence[ComparedCandidate], policy: PromotePolicy, frozen: str = "") -> Comparison:
    """Return the result of a comparison as the payload of an XCom.

    Args:
        compared: The candidates, the one that goes on first.
        policy: The policy of the run.
        frozen: Why no version is promoted automatically; empty if promotions go on.
    """
    best, *others = compared
    payload: Comparison = {
        **best.summary.to_dict(),  # type: ignore[typeddict-item]  # the fields of a ComparisonSummary
        "policy": policy.policy,
        "deadline_hours": policy.deadline_hours,
    }
    if policy.second_person:
        payload["second_person"] = True
    if frozen:
        payload["frozen"] = frozen
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

    Raises:
        RegistryError: The payload names a version that the run has not registered.
    """
    from trimtab.registry import ComparedCandidate, ComparisonSummary

    own = {key: value for key, value in payload.items() if key not in NOT_IN_SUMMARY}
    found: dict[int, Mapping[str, object]] = {payload.get("version", next(iter(versions))): own}
    found |= {each["version"]: each["summary"] for each in payload.get("others", [])}
    for number in found:
        _require_registered(number, versions)
    return [
        ComparedCandidate(versions[number], ComparisonSummary.from_dict(summary))
        for number, summary in found.items()
    ]


def _require_registered(number: int, versions: Mapping[int, object]) -> None:
    """Refuse a number from an XCom, which anyone may write who may write to Airflow."""
    if number not in versions:
        raise RegistryError(
            f"Version {number!r} was compared, and the run has registered {', '.join(map(str, versions))}",
            where="XCom of the tasks that register and compare",
            fix="clear the task that compares, so that it runs again",
        )
