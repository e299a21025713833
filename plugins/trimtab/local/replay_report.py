"""The report of a policy replay: a table for the terminal, ``replay.json`` and ``replay.svg``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from trimtab.drift.report import draw_line_chart
from trimtab.local.policy_replay import PolicyReplay

DRAWN_POLICIES = 4  # more lines would hide each other


def replay_table(replays: Sequence[PolicyReplay]) -> Table:
    """Return a table with a line per policy."""
    table = Table(
        "policy", "mean AUC", "worst AUC", "retrains", "refused", "seconds", box=None, pad_edge=False
    )
    for one in replays:
        retrains, refused = len(one.retrained), len(one.retrained) - len(one.promoted)
        aucs = f"{one.mean:.4f}", f"{one.worst:.4f}"
        table.add_row(one.policy, *aucs, str(retrains), str(refused), f"{one.seconds:.0f}")
    return table


def save_replay(replays: Sequence[PolicyReplay], out: Path) -> None:
    """Write ``replay.json`` and ``replay.svg``.

    Args:
        replays: The replays.
        out: Output folder, created if missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    content = [{**asdict(one), "mean": one.mean, "worst": one.worst} for one in replays]
    (out / "replay.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    lines = {one.policy: (dict(one.roc_auc), one.promoted) for one in replays[:DRAWN_POLICIES]}
    (out / "replay.svg").write_text(draw_line_chart(lines), encoding="utf-8")
