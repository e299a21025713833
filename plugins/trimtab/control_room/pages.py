"""The pages of the control room, as HTML."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from urllib.parse import quote

from trimtab.control_room.gates import GateState
from trimtab.control_room.live import LiveState
from trimtab.control_room.stages import OUTCOME_NAMES, StageGroup
from trimtab.control_room.state import HEALTH_NAMES, HEALTH_SIGNS, Health, age, minutes
from trimtab.control_room.todo import TodoItem
from trimtab.control_room.version_pair import VersionPair, describe_gain
from trimtab.html_report import render
from trimtab.learning import format_cell, metric_title
from trimtab.registry.promotion import ChampionHistory
from trimtab.svg import PlottedWindow, plot_windows

HEALTH_OF_VERDICT: Mapping[str, Health] = {"pass": "ok", "warn": "watch"}
NO_MODEL = "No DAG that you may see makes a model, or has a stage."


@dataclass(frozen=True)
class Links:
    """Where the pages of Airflow and MLflow are.

    Attributes:
        airflow: The address of Airflow, without a slash at the end.
        mlflow: That of MLflow; empty where it is no server.
    """

    airflow: str
    mlflow: str

    def dag_run(self, named: str) -> str:
        """Return the page of a DAG run that a text names as DAG and run; empty if it names none."""
        dag_id, slash, run_id = named.rpartition(" ")[2].partition("/")
        if not (slash and dag_id and run_id):
            return ""
        return f"{self.airflow}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"

    def run(self, run_id: str) -> str:
        """Return the page of a run in MLflow; empty where MLflow is no server."""
        return f"{self.mlflow}/#/runs/{quote(run_id, safe='')}" if self.mlflow else ""

    def version(self, model: str, number: int) -> str:
        """Return the page of a version in MLflow; likewise."""
        return f"{self.mlflow}/#/models/{quote(model, safe='')}/versions/{number}" if self.mlflow else ""


@dataclass(frozen=True)
class Frame:
    """What every page has.

    Attributes:
        heading: The heading.
        menu: Name and address of each page that belongs to it.
        current: The name of this one.
        links: Where other pages are.
        now: The time.
    """

    heading: str
    menu: Sequence[tuple[str, str]]
    current: str
    links: Links
    now: datetime

    def render(self, template: str, **context: object) -> str:
        """Render a page."""
        return render(
            f"control_room/{template}",
            heading=self.heading,
            menu=self.menu,
            current=self.current,
            links=self.links,
            now=minutes(self.now.astimezone(UTC).isoformat()),
            age=partial(age, now=self.now),
            minutes=minutes,
            format_cell=format_cell,
            **context,
        )


def live_page(
    frame: Frame,
    models: Sequence[LiveState],
    items: Sequence[TodoItem],
    *,
    rooms: Mapping[str, str],
    whole: bool,
    problems: Sequence[str] = (),
) -> str:
    """Return the page of the live models, and of what is to be done.

    Args:
        frame: The frame.
        models: The live models.
        items: What is to be done.
        rooms: Model to the page that has the whole of it.
        whole: Whether this page has windows and scores.
        problems: Why a model could not be read.
    """
    shown = [(live, _plot(live) if whole else "", _title(live), rooms.get(live.model, "")) for live in models]
    return frame.render(
        "live.html.j2",
        models=shown,
        items=items,
        whole=whole,
        problems=problems,
        nothing=NO_MODEL,
        names=HEALTH_NAMES,
        signs=HEALTH_SIGNS,
    )


def ledger_page(frame: Frame, histories: Sequence[ChampionHistory], *, rollback: str, compare: str) -> str:
    """Return the page of the ledger.

    Args:
        frame: The frame.
        histories: The champions of each model.
        rollback: The page of the DAG that rolls back; empty for somebody who may not trigger it.
        compare: The page that compares two versions.
    """
    return frame.render(
        "ledger.html.j2",
        histories=histories,
        rollback=rollback,
        compare=compare,
        describe_gain=describe_gain,
        nothing=NO_MODEL,
    )


def pair_page(frame: Frame, pair: VersionPair) -> str:
    """Return the page of two versions."""
    return frame.render("pair.html.j2", pair=pair)


def pipeline_page(
    frame: Frame,
    groups: Sequence[StageGroup],
    gates: Sequence[GateState],
    *,
    run: str,
    run_state: str,
    run_href: str,
    earlier: str = "",
) -> str:
    """Return the page of the pipeline and a run over it.

    Args:
        frame: The frame.
        groups: The stages.
        gates: The gates.
        run: The run; empty if there is none.
        run_state: Its state.
        run_href: Its page.
        earlier: A sentence about the run; empty if there is nothing to say.
    """
    return frame.render(
        "pipeline.html.j2",
        groups=groups,
        gates=gates,
        run=run,
        run_state=run_state,
        run_href=run_href,
        earlier=earlier,
        outcomes=OUTCOME_NAMES,
        health_of=lambda verdict: HEALTH_OF_VERDICT.get(verdict, "act"),
        signs=HEALTH_SIGNS,
        nothing="The DAG has no stages, or no run yet.",
    )


@cache
def script_hash() -> str:
    """Return the hash of the pages' only script, as a Content-Security-Policy names it."""
    script = render("control_room/links.js.j2")
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _title(live: LiveState) -> str:
    return metric_title(live.windows[-1].metric) if live.windows else ""


def _plot(live: LiveState) -> str:
    """Plot the windows in the metric of the newest one; none if there is none with a figure."""
    windows = [one for one in live.windows if one.metric == live.windows[-1].metric]
    plotted = [
        PlottedWindow(
            name=one.window,
            champion=one.champion,
            figure=one.figures.figure,
            interval=one.figures.interval,
            estimate=one.figures.estimate,
            bound=one.figures.bound,
            marks=tuple(mark for mark in (one.decision, one.outcome) if mark and mark != "none"),
        )
        for one in windows
    ]
    known = any(one.figure is not None or one.estimate is not None for one in plotted)
    return plot_windows(plotted, title=_title(live)) if known else ""
