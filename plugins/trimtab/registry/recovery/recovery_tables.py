"""Inventory, drills and tainted data on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from trimtab.registry.isolation import IsolationEntry
from trimtab.registry.recovery.affected import Affected, AffectedRun
from trimtab.registry.recovery.copy_rules import Part
from trimtab.registry.recovery.drill import Drill, duration_text
from trimtab.registry.recovery.inventory import Inventory
from trimtab.registry.retention import size_text
from trimtab.terminal import Console, Text

SHOWN = 20  # scores or verdicts; `--json` has all


def show_inventory(found: Inventory, console: Console) -> None:
    """Print who owns the model, what is copied where, the rule 3-2-1-1-0, and what no backup has."""
    owner = found.owner or "nobody: set `recovery.owner` in params.yaml"
    console.print(
        Text(found.model, "bold").append(Text(f": owned by {owner}; criticality {found.criticality}"))
    )
    live = ", ".join(f"version {number} ({why})" for number, why in found.live.items()) or "none"
    console.print(f"live versions: {live}", highlight=False)
    console.print(_copy_table(found.parts))
    for backup in found.backups:
        taken = f"taken {backup.taken[:16]} UTC, {size_text(backup.bytes)}" if backup.taken else "no backup"
        console.print(f"newest backup in {backup.place}: {taken}", highlight=False, soft_wrap=True)
        for sentence in backup.missing:
            console.print(Text("  lacking: ", "red").append(Text(sentence)), soft_wrap=True)
    table = Table(title="3-2-1-1-0", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in ("rule", "holds", "by"):
        table.add_column(column, overflow="fold")
    for rule in found.rules:
        holds = Text("yes", "green") if rule.holds else Text("no", "red")
        table.add_row(rule.name, holds, rule.sentence)
    console.print(table)
    console.print(f"In no backup: {'; '.join(found.not_covered)}", style="dim", highlight=False)


def _copy_table(parts: Iterable[Part]) -> Table:
    table = Table(title="Copies", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in ("part", "copy", "medium", "off-site", "locked until"):
        table.add_column(column, overflow="fold")
    for part in parts:
        for number, copy in enumerate(part.copies):
            table.add_row(
                "" if number else part.name,
                copy.place,
                copy.medium,
                "yes" if copy.off_site else "no",
                copy.locked_until[:10],
            )
    return table


def show_drill(drill: Drill, console: Console) -> None:
    """Print the verdict of a drill, its figures and its problems."""
    verdict = Text("good", "bold green") if drill.verdict == "good" else Text("failed", "bold red")
    console.print(Text(f"Recovery drill of {drill.model}: ").append(verdict))
    facts = {
        "backup": f"{drill.backup}, {drill.files:,} files, {size_text(drill.bytes)}"
        if drill.backup
        else "none",
        "recovery point": _time(drill.copy_seconds, "the age of the backup"),
        "restore": _time(drill.restore_seconds, "all files checked and restored"),
        "recovery time": _time(drill.recovery_seconds, "until the champion was rebuilt and compared"),
        "champion": f"version {drill.champion}" if drill.champion else "not reached",
    }
    for name, text in facts.items():
        console.print(Text(f"{name}: ", "dim").append(Text(text)), soft_wrap=True)
    for problem in drill.problems:
        console.print(Text("problem: ", "bold red").append(Text(problem)), soft_wrap=True)


def _time(seconds: float | None, what: str) -> str:
    return "not reached" if seconds is None else f"{duration_text(seconds)}, {what}"


def show_isolated(entries: Sequence[IsolationEntry], console: Console) -> None:
    """Print what is isolated now."""
    if not entries:
        console.print("Nothing is isolated")
        return
    table = Table(title="Isolated data", title_justify="left", title_style="bold")
    for column in ("hash", "since", "by", "reason", "live versions made from it"):
        table.add_column(column, overflow="fold")
    for entry in entries:
        versions = "; ".join(f"{model} {_numbers(numbers)}" for model, numbers in entry.versions.items())
        table.add_row(entry.hash, entry.at[:16], entry.by, entry.reason, versions or "none")
    console.print(table)


def show_affected(found: Affected, console: Console) -> None:
    """Print what came of a content: versions first, then scores and verdicts."""
    if not (found.versions or found.scores or found.verdicts):
        console.print("No version, score or verdict came of it. Is it the `md5` that `dvc.lock` has?")
    if found.versions:
        table = Table(title="Versions", title_justify="left", title_style="bold")
        for column in ("model", "version", "live", "because of"):
            table.add_column(column, overflow="fold")
        for version in found.versions:
            live = Text(version.live, "bold red" if "champion" in version.live else "")
            table.add_row(version.model, str(version.version), live, version.because)
        console.print(table)
    for title, runs in (("Scores", found.scores), ("Drift verdicts", found.verdicts)):
        if runs:
            console.print(_run_table(title, runs))
    for sentence in found.unknown:
        console.print(Text("not known: ", "yellow").append(Text(sentence)), soft_wrap=True)


def _run_table(title: str, runs: Sequence[AffectedRun]) -> Table:
    more = f", the newest {SHOWN} of {len(runs):,}" if len(runs) > SHOWN else ""
    table = Table(title=f"{title}{more}", title_justify="left", title_style="bold")
    for column in ("model", "window", "version", "by", "MLflow run", "because of"):
        table.add_column(column, overflow="fold")
    for run in runs[:SHOWN]:
        version = "" if run.version is None else str(run.version)
        table.add_row(run.model, run.window, version, run.by, run.run_id, run.because)
    return table


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(f"version {number}" for number in numbers)
