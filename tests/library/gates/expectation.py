"""An entry of a suite, in one line."""

from __future__ import annotations

from typing import Any


def expect(kind: str, severity: str = "critical", notes: str = "", **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "kwargs": kwargs, "severity": severity, "notes": notes}
