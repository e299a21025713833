"""The tables of docs/telemetry.md, made from the declarations of the metrics."""

from __future__ import annotations

from trimtab.monitoring.prometheus_names import metric_name
from trimtab.telemetry import instruments


def make_metric_table() -> str:
    """Return the metrics and their attributes as two tables in Markdown."""
    metrics = [
        f"| `{each.name}` | {each.kind} | {f'`{each.unit}`' if each.unit else 'that of the figure'} |"
        f" {each.meaning} | {', '.join(f'`{one.name}`' for one in each.attributes)} | `{metric_name(each)}` |"
        for each in instruments.INSTRUMENTS
    ]
    attributes = [f"| `{each.name}` | {each.meaning} |" for each in instruments.ATTRIBUTES]
    return "\n".join(
        [
            "| metric | kind | unit | what | attributes | in Prometheus |",
            "|---|---|---|---|---|---|",
            *metrics,
            "",
            "| attribute | what |",
            "|---|---|",
            *attributes,
        ]
    )
