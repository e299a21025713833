"""The live part of the control room: the champion, its windows, its scores, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from trimtab.control_room.assessment import Assessment, assess
from trimtab.control_room.live_policies import LivePolicies
from trimtab.control_room.scores import ScoreState, read_scores
from trimtab.control_room.state import State
from trimtab.control_room.windows import SHOWN, WindowState, read_windows
from trimtab.json_cache import JsonCache
from trimtab.params_sections import DriftPolicy
from trimtab.registry.isolation import IsolationLog, Taint, find_listed_taint
from trimtab.registry.promotion import ChampionHistory, read_history
from trimtab.registry.recovery import Drill, drill_problems, read_drills
from trimtab.registry.tracking import connection
from trimtab.slo import SloReport, read_slo


class ChampionState(State):
    """The live version.

    Attributes:
        version: Its number.
        since: When it became champion: ISO 8601, UTC.
        how: ``promoted``, ``rolled back`` or ``found``.
        by: The DAG run or the user who switched.
        person: Whether a person decided.
        reason: Why it became champion.
        trained_because: Why it was trained.
        data_until: ISO date: where its data end; empty if it is not known.
        dag_run: The DAG run that registered it; empty without Airflow.
        git_revision: The commit it comes from.
        run_id: Its MLflow run.
    """

    version: int
    since: str
    how: str
    by: str
    person: bool
    reason: str
    trained_because: str = ""
    data_until: str = ""
    dag_run: str = ""
    git_revision: str = ""
    run_id: str = ""


class BudgetState(State):
    """The retrain budget of the drift policy.

    Attributes:
        spent: Retrains in the newest windows.
        budget: How many the policy allows.
        windows: In how many windows.
    """

    spent: int
    budget: int
    windows: int

    @property
    def left(self) -> int:
        """How many retrains the next window may still request."""
        return max(self.budget - self.spent, 0)


class DrillState(State):
    """The last recovery drill.

    Attributes:
        started: When it began: ISO 8601, UTC.
        verdict: ``good`` or ``failed``.
        sentence: Its result.
        run_id: Its MLflow run.
    """

    started: str
    verdict: str
    sentence: str
    run_id: str


class LiveState(State):
    """The live model, and how it is.

    Attributes:
        model: The registered model.
        assessment: How it is, and what to do.
        champion: The live version; None if there is none.
        windows: The windows that were checked, the oldest first.
        budget: The retrain budget; None where the policy is not known.
        scores: The newest scores, the newest window first.
        rollback_target: The version that a rollback goes back to; None if there is none.
        problems: What is wrong with the ledger.
        drill: The last recovery drill; None if there was none.
        slo: The objectives; None where there are none, or the ledger is broken.
    """

    model: str
    assessment: Assessment
    champion: ChampionState | None = None
    windows: tuple[WindowState, ...] = ()
    budget: BudgetState | None = None
    scores: tuple[ScoreState, ...] = ()
    rollback_target: int | None = None
    problems: tuple[str, ...] = ()
    drill: DrillState | None = None
    slo: SloReport | None = None


def read_live(
    model: str,
    cache: JsonCache,
    now: datetime,
    policies: LivePolicies | None = None,
) -> LiveState:
    """Read the live part of a model; nothing is written.

    Args:
        model: The registered model.
        cache: Where figures of earlier reads are.
        now: The time.
        policies: The policies in force; None if they are not known.

    Raises:
        RegistryError: MLflow does not answer, or has no such model.
    """
    history, policies = read_history(model), policies or LivePolicies()
    policy, objectives = policies.drift, policies.objectives
    newest = max(SHOWN, policy.budget_windows) if policy else SHOWN
    with connection() as client:
        windows = read_windows(client, model, cache, newest=newest)
        scores = read_scores(client, model)
        taint = find_listed_taint(IsolationLog.read(client), model, history.ledger.champion)
        drills = read_drills(client, model)
    doubts = list(drill_problems(drills, policies.recovery, now)) if drills else []
    slo = read_slo(model, objectives, now) if objectives and not history.ledger.problems else None
    live = build_live(history, windows, scores, now, policy, taint=taint, drills=drills, doubts=doubts)
    return live.model_copy(update={"slo": slo})


def build_live(
    history: ChampionHistory,
    windows: Sequence[WindowState],
    scores: Sequence[ScoreState],
    now: datetime,
    policy: DriftPolicy | None = None,
    *,
    taint: Taint | None = None,
    drills: Sequence[Drill] = (),
    doubts: Sequence[str] = (),
) -> LiveState:
    """Build the live part from what MLflow keeps.

    Args:
        history: The versions and the ledger.
        windows: The windows that were checked, the oldest first.
        scores: The newest scores.
        now: The time.
        policy: The drift policy in force; None if it is not known.
        taint: Why the champion comes from isolated data; None if it does not.
        drills: The recovery drills, the newest first.
        doubts: A sentence for each doubt whether a recovery would work.
    """
    return LiveState(
        model=history.model,
        assessment=assess(history, windows, now, taint=taint, doubts=doubts),
        champion=_champion(history),
        windows=tuple(windows),
        budget=_budget(windows, policy) if policy else None,
        scores=tuple(scores),
        rollback_target=history.ledger.rollback_target,
        problems=history.problems,
        drill=_last_drill(drills),
    )


def _last_drill(drills: Sequence[Drill]) -> DrillState | None:
    if not drills:
        return None
    last = drills[0]
    return DrillState(started=last.started, verdict=last.verdict, sentence=last.sentence, run_id=last.run_id)


def _champion(history: ChampionHistory) -> ChampionState | None:
    entry = history.ledger.last_switch
    if entry is None or entry.champion is None:
        return None
    registered = next((one for one in history.versions if one.version == entry.champion), None)
    facts = registered.facts if registered else {}
    return ChampionState(
        version=entry.champion,
        since=entry.at,
        how=entry.how,
        by=entry.by,
        person=entry.person,
        reason=entry.reason,
        trained_because=facts.get("reason", ""),
        data_until=facts.get("data_until", "") or entry.data_until,
        dag_run=facts.get("dag_run", ""),
        git_revision=facts.get("git_revision", ""),
        run_id=registered.run_id if registered else "",
    )


def _budget(windows: Sequence[WindowState], policy: DriftPolicy) -> BudgetState:
    """Count as the policy will for the next window: the newest window is one window ago then."""
    lately = windows[-(policy.budget_windows - 1) :] if policy.budget_windows > 1 else ()
    spent = sum(window.outcome is not None for window in lately)
    return BudgetState(spent=spent, budget=policy.budget, windows=policy.budget_windows)
