"""States of the control room, as MLflow and the ledger would give them."""

from __future__ import annotations

from datetime import UTC, datetime

from trimtab.control_room.live import LiveState, build_live
from trimtab.control_room.windows import WindowFigures, WindowState
from trimtab.params_sections import DriftPolicy
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.promotion import ChampionHistory
from trimtab.registry.promotion.champion_history import RegisteredVersion

NOW = datetime(2024, 7, 2, 3, 0, tzinfo=UTC)
FIGURES = WindowFigures(
    rows=300, figure=0.71, interval=(0.69, 0.73), estimate=0.72, reference=0.76, bound=0.73
)


def entry(number: int, champion: int | None, was: int | None = None, **changes: object) -> LedgerEntry:
    values = {
        "how": "promoted",
        "by": f"training/drift__{number}",
        "reason": "it is better",
        "at": f"2024-0{number}-05T07:00:00+00:00",
        **changes,
    }
    return LedgerEntry(number=number, model="rides", champion=champion, was=was, **values)


def history(*entries: LedgerEntry, problems: tuple[str, ...] = ()) -> ChampionHistory:
    numbers = sorted({one.champion for one in entries if one.champion}, reverse=True)
    live = entries[-1].champion if entries else None
    versions = tuple(
        RegisteredVersion(
            version=number,
            created="2024-01-01T00:00:00+00:00",
            run_id=f"run{number}",
            facts={"reason": "drift in 2024-05", "data_until": "2024-06-01"},
            aliases=("champion",) if number == live else (),
            retired=False,
        )
        for number in numbers
    )
    return ChampionHistory("rides", versions, Ledger("rides", "l", entries), problems)


def window(name: str = "2024-06", champion: str = "2", **changes: object) -> WindowState:
    values = {
        "metric": "roc_auc",
        "decision": "none",
        "outcome": None,
        "sentence": "Nothing to do: ROC AUC is 0.71.",
        "exceeded": (),
        "checked": "2024-07-01T05:00:00+00:00",
        "dag_run": "drift_check/scheduled__1",
        "run_id": "r1",
        "figures": FIGURES,
        **changes,
    }
    return WindowState(window=name, champion=champion, **values)


TWO = history(entry(1, 1), entry(2, 2, 1))


def live(*windows: WindowState, of: ChampionHistory = TWO, policy: DriftPolicy | None = None) -> LiveState:
    return build_live(of, windows, (), NOW, policy)
