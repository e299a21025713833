"""Whether the live model is all right: one word, one sentence why, and what to do if it is not."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime

from trimtab.control_room.state import Health, State
from trimtab.control_room.windows import WindowState
from trimtab.registry.isolation import Taint
from trimtab.registry.promotion import ChampionHistory
from trimtab.time_window import Window

UNCHECKED_WINDOWS = 2  # lengths of a window, after which a model that nothing checks is watched


class Assessment(State):
    """How the live model is.

    Attributes:
        health: ``ok``, ``watch`` or ``act``.
        sentence: Why.
        advice: What to do; empty if there is nothing to do.
    """

    health: Health
    sentence: str
    advice: str = ""


def assess(
    history: ChampionHistory,
    windows: Sequence[WindowState],
    now: datetime,
    *,
    taint: Taint | None = None,
    doubts: Sequence[str] = (),
) -> Assessment:
    """Say how the live model is. The first thing that is wrong decides.

    Args:
        history: The versions and the ledger.
        windows: The windows that were checked, the oldest first.
        now: The time.
        taint: Why the champion comes from isolated data; None if it does not.
        doubts: A sentence for each doubt whether a recovery would work.
    """
    found = _assess_model(history, windows, now, taint)
    if found.health != "ok" or not doubts:
        return found
    return Assessment(
        health="watch",
        sentence=f"{found.sentence} {doubts[0]}.",
        advice="Run `trimtab drill` on the backup location, or trigger the DAG `drill`.",
    )


def _assess_model(
    history: ChampionHistory, windows: Sequence[WindowState], now: datetime, taint: Taint | None
) -> Assessment:
    if history.problems:
        return Assessment(
            health="act",
            sentence=f"The ledger has a problem: {history.problems[0]}.",
            advice="Run `trimtab verify`, and `trimtab models`.",
        )
    entry = history.ledger.last_switch
    if entry is None or entry.champion is None:
        return Assessment(
            health="act",
            sentence=f"No version of {history.model} is live.",
            advice="Run the training DAG, or promote a version: `trimtab models` lists them.",
        )
    live = f"Version {entry.champion}"
    if taint:
        return Assessment(health="act", sentence=f"{taint.sentence}.", advice=f"Roll back, or {taint.fix}.")
    if not windows:
        return Assessment(
            health="watch",
            sentence=f"{live} is live since {entry.at[:10]}, and no window was checked yet.",
            advice="Wait for the drift check, or trigger it. A pipeline without windows of time has none: "
            "nothing watches its model.",
        )
    newest = windows[-1]
    if newest.champion != str(entry.champion):
        return Assessment(
            health="watch",
            sentence=f"{live} is live since {entry.at[:10]}, and was not checked on a window yet. The last "
            f"verdict, on {newest.window}, is about version {newest.champion}.",
            advice="Wait for the next drift check, or trigger it.",
        )
    return _assess_checked(history, newest, live, now)


def _assess_checked(history: ChampionHistory, newest: WindowState, live: str, now: datetime) -> Assessment:
    name, window = shlex.quote(history.model), shlex.quote(newest.window)
    read = f"Read the report: `trimtab drift report --model {name} --window {window}`."
    target = history.ledger.rollback_target
    back = (
        f"To go back to version {target}: `trimtab rollback --model {name} --reason '…'`."
        if target
        else "There is no earlier champion to go back to."
    )
    if newest.decision == "investigate":
        advice = f"A person has to decide. {read} {back}"
        return Assessment(health="act", sentence=newest.sentence, advice=advice)
    if newest.decision == "retrain":
        return _assess_retrain(newest, live, read, back)
    if stale := _stale(newest, now):
        advice = "Check whether the drift check is paused or fails."
        return Assessment(health="watch", sentence=stale, advice=advice)
    if newest.decision == "watch":
        return Assessment(
            health="watch",
            sentence=newest.sentence,
            advice=f"Nothing has to be done now: the next window decides. {read}",
        )
    return Assessment(health="ok", sentence=f"{live} did as expected on {newest.window}. {newest.sentence}")


def _assess_retrain(newest: WindowState, live: str, read: str, back: str) -> Assessment:
    became: Mapping[str | None, tuple[Health, str, str]] = {
        "pending": ("watch", "The retrain has no result yet.", "Look at the run of the training DAG."),
        "refused": ("act", "The retrain gave no better model.", f"A person has to decide. {read} {back}"),
        "failed": ("act", "The retrain failed.", f"Read the log of the training DAG, and clear it. {back}"),
        # The better model was live, and is not: somebody went back.
        "promoted": ("act", f"A better model was promoted, but {live.lower()} is live again.", read),
        None: ("watch", "No retrain was requested.", read),
    }
    health, result, advice = became[newest.outcome]
    return Assessment(health=health, sentence=f"{newest.sentence} {result}", advice=advice)


def _stale(newest: WindowState, now: datetime) -> str:
    """Return that nothing checks the model any more; empty if it is checked, or windows have no length.

    It is measured from the time of the check, not by the calendar of the data, which may be of the past.
    """
    window = Window.find(newest.window)
    since = now - datetime.fromisoformat(newest.checked)
    if window is None or since <= UNCHECKED_WINDOWS * (window.end - window.begin):
        return ""
    return (
        f"Nothing was checked for {since.days:,} days: the last window, {newest.window}, was checked on "
        f"{newest.checked[:10]}."
    )
