"""A finding: what a check has seen, whether that is well, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

from trimtab.errors import ServiceError

XCOM_KEY = "findings"  # of the task that examines a worker: one that fails has no return value

Status = Literal["ok", "warning", "error"]
EXIT_CODES: Mapping[Status, int] = {"ok": 0, "warning": 1, "error": 2}  # as for plugins of Nagios


@dataclass(frozen=True)
class Finding:
    """The finding of a check.

    Attributes:
        check: What was checked.
        status: ``ok``; ``warning`` if a run may go on; ``error`` if something cannot work.
        seen: What was seen, without secrets.
        fix: What to do; empty if it is well.
    """

    check: str
    status: Status
    seen: str
    fix: str = ""

    def to_dict(self) -> dict[str, str]:
        """Serialize the finding for JSON."""
        return asdict(self)


def parse_findings(values: object, *, where: str) -> list[Finding]:
    """Deserialize findings from an XCom.

    Args:
        values: A list of what :meth:`Finding.to_dict` returned.
        where: Place in the error message.

    Raises:
        ServiceError: The values are not those of findings.
    """
    names = {field.name for field in fields(Finding)}
    rows = values if isinstance(values, list) else []
    for row in rows:
        valid = (
            isinstance(row, dict) and row.keys() == names and all(isinstance(v, str) for v in row.values())
        )
        if not valid or row["status"] not in get_args(Status):
            rows = []
            break
    if not rows:
        raise ServiceError(
            "The task has returned no findings", where=where, fix="read the log of the task, and clear it"
        )
    return [Finding(**row) for row in rows]
