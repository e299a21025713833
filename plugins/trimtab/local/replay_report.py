"""The report of a policy replay: a table for the terminal, ``replay.json`` and ``replay.svg``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from trimtab.drift.report import draw_line_chart
from trimtab.learning import format_cell, metric_title
from trimtab.local.policy_replay import PolicyReplay

DRAWN_POLICIES = 4  # more lines would hide each other


def replay_table(replays: Sequence[PolicyReplay]) -> Table:
    """Return a table with a line per policy."""
    title = metric_title(replays[0].metric.name) if replays else "metric"
    columns = ("policy", f"mean {title}", f"worst {title}", "retrains", "refused", "seconds")
    table = Table(*columns, box=None, pad_edge=False)
    for one in replays:
        retrains, refused = len(one.retrained), len(one.retrained) - len(one.promoted)
        figures = (format_cell(value, 4) for value in (one.mean, one.worst))
        table.add_row(one.policy, *figures, str(retrains), str(refused), f"{one.seconds:.0f}")
    return table


def save_replay(replays: Sequence[PolicyReplay], out: Path) -> None:
    """Write ``replay.json`` and ``replay.svg``.

    Args:
        replays: The replays.
        out: Output folder, created if missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    content = [_replay_to_dict(one) for one in replays]
    (out / "replay.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    lines = {one.policy: (dict(one.figures), one.promoted) for one in replays[:DRAWN_POLICIES]}
    (out / "replay.svg").write_text(draw_line_chart(lines), encoding="utf-8")


def _replay_to_dict(replay: PolicyReplay) -> dict[str, object]:
    return {
        "policy": replay.policy,
        "metric": replay.metric.name,
        "figures": dict(replay.figures),
        "retrained": list(replay.retrained),
        "promoted": list(replay.promoted),
        "seconds": replay.seconds,
        "mean": replay.mean,
        "worst": replay.worst,
    }
