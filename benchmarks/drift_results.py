"""The results of the drift benchmarks: stored as JSON, and written to docs/drift.md as tables and plots."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from trimtab.drift.report import draw_line_chart

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULTS = ROOT / "docs" / "drift.md", ROOT / ".trimtab" / "benchmarks" / "drift.json"
WINDOWS = 6  # of a series whose detection delay is measured
KEYS = {
    "types": ("problem type", "features", "rows"),
    "estimates": ("problem type", "metric"),
    "alarms": ("features", "rows"),
    "delay": ("shift", "manner"),
    "cost": ("rows", "way"),
    "cost by type": ("rows", "problem type"),
    "attributions": ("rows", "problem type"),
}


def share(flags: Iterable[bool]) -> dict[str, Any]:
    """Return a share and its 95 % interval (Clopper and Pearson 1934)."""
    found = list(flags)
    interval = binomtest(sum(found), len(found)).proportion_ci()
    return {"share": float(np.mean(found)), "low": interval.low, "high": interval.high}


def save(part: str, rows: list[dict[str, Any]]) -> None:
    """Save the results with those of other cases, and write them to the page."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept = {tuple(row[key] for key in KEYS[part]): row for row in [*results.get(part, []), *rows]}
    results[part] = [kept[key] for key in sorted(kept)]
    RESULTS.write_text(json.dumps(results, indent=2))
    pattern = rf"(<!-- {part} -->\n).*?(\n<!-- end of {part} -->)"
    table = _markdown(results[part])
    page = re.sub(pattern, lambda m: f"{m[1]}\n{table}\n{m[2]}", PAGE.read_text(), flags=re.S)
    PAGE.write_text(page)
    _draw(part, results[part])


def _markdown(rows: list[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case {"share": share, "low": low, "high": high}:
            return f"{share:.3f} ({low:.3f} to {high:.3f})"
        case {"noticed": noticed}:
            first = [place for place in noticed if place]
            mean = f", after {np.mean(first):.1f}" if first else ""
            return f"{len(first)} of {len(noticed)}{mean}"
        case float():
            return f"{value:.2f}"
        case int():
            return f"{value:,}"
        case list():
            return ", ".join(f"`{one}`" for one in value)
        case _:
            return str(value)


def _draw(part: str, rows: list[dict[str, Any]]) -> None:
    """Draw the plot of a part, next to the page."""
    lines: dict[str, tuple[dict[str, float], list[str]]] = {}
    if part == "alarms":
        for name in ("trimtab", "PSI over 0.2", "Evidently, any column", "Evidently, half of them"):
            few = [row for row in rows if row["features"] == 20 and name in row]
            lines[name] = ({f"{row['rows']:,}": row[name]["share"] for row in few}, [])
    elif part == "delay":
        gradual = [row for row in rows if row["manner"] == "gradual"]
        for name in ("trimtab", "PSI over 0.2", "Evidently, any column"):
            if first := [place for row in gradual for place in row.get(name, {}).get("noticed", [])]:
                within = {
                    str(window): float(np.mean([bool(place) and place <= window for place in first]))
                    for window in range(1, WINDOWS + 1)
                }
                lines[name] = (within, [])
    if drawn := {name: line for name, line in lines.items() if line[0]}:
        (PAGE.parent / f"drift-{part}.svg").write_text(draw_line_chart(drawn))
