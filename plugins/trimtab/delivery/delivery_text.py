"""The delivery figures at a terminal."""

from __future__ import annotations

from rich.table import Table

from trimtab.delivery.figures import DeliveryFigures, Duration
from trimtab.terminal import Console, Text


def show_delivery(figures: DeliveryFigures, console: Console) -> None:
    """Print the delivery figures of a model.

    Args:
        figures: The figures.
        console: Where they are printed.
    """
    console.print(Text(f"{figures.model}, the last {figures.days:.3g} days", "bold"), highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, text in _lines(figures).items():
        table.add_row(Text(name), Text(text))
    console.print(table)
    for note in figures.notes:
        console.print(Text(f"note: {note}", "dim"), soft_wrap=True)


def _lines(figures: DeliveryFigures) -> dict[str, str]:
    often = "" if figures.per_30_days is None else f", {figures.per_30_days:.2g} in 30 days"
    retrains = f"; {figures.retrains} of them with new data and no commit" if figures.retrains else ""
    return {
        "deployment frequency": f"{figures.deployments}{often}{retrains}",
        "change lead time": _duration(figures.lead_time, "change"),
        "change fail rate": _rate(figures),
        "failed deployment recovery time": _duration(figures.recovery_time, "recovery", "recoveries")
        + (f"; {figures.open_failures} not recovered yet" if figures.open_failures else ""),
    }


def _rate(figures: DeliveryFigures) -> str:
    if figures.failure_rate is None or figures.failure_interval is None:
        return "unknown: there was no deployment"
    low, high = figures.failure_interval
    return (
        f"{figures.failure_rate:.0%} ({figures.failed} of {figures.deployments}; "
        f"95 % interval {low:.0%} to {high:.0%})"
    )


def _duration(duration: Duration, one: str, several: str = "") -> str:
    if duration.median is None or duration.shortest is None or duration.longest is None:
        return f"unknown: there was no {one}"
    times = f"median {_time(duration.median)}"
    if duration.count > 1:
        times += f", {_time(duration.shortest)} to {_time(duration.longest)}"
    return f"{times} ({duration.count} {one if duration.count == 1 else several or f'{one}s'})"


def _time(hours: float) -> str:
    """Return a time in the largest unit of which there are at least two."""
    for unit, size in (("days", 24.0), ("hours", 1.0), ("minutes", 1 / 60)):
        if hours >= 2 * size:
            return f"{hours / size:.2g} {unit}"
    return f"{hours * 3600:.2g} seconds"
