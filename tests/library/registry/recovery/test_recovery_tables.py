"""Drills and tainted data at a terminal."""

from __future__ import annotations

from trimtab.registry.isolation import IsolationEntry
from trimtab.registry.recovery.affected import Affected, AffectedRun, AffectedVersion
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.recovery_tables import show_affected, show_drill, show_isolated
from trimtab.terminal import Console

HOSTILE = "[bold]x[/bold]\x1b[31m"


def test_failed_drill_shows_each_problem_and_what_was_not_reached(capsys):
    show_drill(
        Drill(model="m", started="2026-01-01", verdict="failed", problems=("lost", HOSTILE)), Console()
    )

    shown = capsys.readouterr().out
    assert "problem: lost" in shown
    assert "recovery time: not reached" in shown
    assert "\x1b[31m" not in shown


def test_affected_shows_the_first_twenty_runs_and_how_many_there_are(capsys):
    run = AffectedRun("m", "2026-01", 3, "run", HOSTILE, "version 3")
    show_affected(Affected((AffectedVersion("m", 3, "champion", "b"),), (run,) * 25, ()), Console())

    shown = capsys.readouterr().out
    assert "the newest 20 of 25" in shown
    assert "\x1b[31m" not in shown


def test_isolated_data_show_who_and_why(capsys):
    show_isolated([], Console())
    entry = IsolationEntry(
        number=1, hash="a" * 32, how="isolated", by="alice", reason="wrong", at="2026", versions={"m": [3]}
    )
    show_isolated([entry], Console())

    shown = capsys.readouterr().out
    assert "Nothing is isolated" in shown
    assert "alice" in shown
    assert "wrong" in shown
