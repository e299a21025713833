"""Pipelines brought up to date by each tool: cold, with their source changed, with nothing to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import CommandError, Measurement, measure
from benchmarks.peers import BIN, Dvc, Peer, Trimtab, environment
from benchmarks.results import Cell, Row
from benchmarks.shapes import Shape, chain, change_source, fan_out, independent, many_files, printing

COLD, CHANGED, NOTHING = "cold", "source changed", "nothing to do"
EVERY = (COLD, CHANGED, NOTHING)


@dataclass(frozen=True)
class Case:
    """One shape, and what is measured of it.

    Attributes:
        states: Some of :data:`EVERY`, in that order.
        jobs: How many stages may run at once, where the tool has an option for it.
        dvc: When `dvc repro` is measured too: always, on demand (it takes long), or never (it takes hours).
    """

    shape: Shape
    states: tuple[str, ...] = EVERY
    jobs: int = 2
    dvc: str = "always"


CASES = {
    "chain": (Case(chain(100)), Case(chain(300), (COLD,), dvc="full")),
    "fan-out": (Case(fan_out(200), dvc="full"), Case(fan_out(500), (COLD, NOTHING), dvc="full")),
    "independent": (Case(independent(12, 1), (COLD,), jobs=12),),
    "growth": (
        Case(chain(10), (COLD,)),
        Case(chain(1000), (COLD,), dvc="never"),
        Case(fan_out(10), (COLD,)),
        Case(fan_out(1000), (COLD,), dvc="never"),
    ),
    "output": (Case(printing(75), (COLD,)), Case(many_files(20_000))),
}
QUICK = {
    "chain": (Case(chain(10)),),
    "fan-out": (Case(fan_out(10)),),
    "independent": (Case(independent(3, 1), (COLD,), jobs=3),),
    "growth": (Case(chain(20), (COLD,)), Case(fan_out(20), (COLD,))),
    "output": (Case(printing(1), (COLD,)), Case(many_files(100))),
}


def run_case(case: Case, peers: list[Peer], scratch: Path, *, full: bool, rounds: int) -> Iterator[Row]:
    """Measure a case with every tool.

    `dvc repro` is measured once; of the others, the middle one of several rounds counts.

    Args:
        case: What to measure.
        peers: With which tools.
        scratch: Where the projects are made.
        full: Whether to measure `dvc repro` where it takes long.
        rounds: How often to begin anew.
    """
    cells: dict[str, dict[str, Cell]] = {state: {} for state in case.states}
    locks: set[bytes] = set()
    for peer in peers:
        once = peer.name == Dvc.name
        if once and (case.dvc == "never" or (case.dvc == "full" and not full)):
            continue
        found: dict[str, list[Measurement]] = {state: [] for state in case.states}
        try:
            for _ in range(1 if once else rounds):
                locks |= _round(case, peer, scratch, found)
        except CommandError as err:
            if isinstance(peer, Trimtab):
                raise SystemExit(str(err)) from err
            print(str(err)[-500:], file=sys.stderr)
        for state, measured in found.items():
            cells[state][peer.name] = (
                Cell.of(Measurement.median(measured)) if measured else Cell(None, "fails")
            )
    if len(locks) > 1:
        raise SystemExit(f"{case.shape.title}: `{Trimtab.name}` left another dvc.lock than `{Dvc.name}`")
    for state in case.states:
        yield Row("engine", f"{case.shape.title}, {state}", cells[state], stages=len(case.shape.steps))


def at_once(shape: Shape, scratch: Path) -> Cell:
    """Start one `dvc repro --single-item` per stage, all together: how else DVC could be made parallel."""
    folder = _project(Dvc(), shape, scratch)
    command, began = [str(BIN / "dvc"), "repro", "--quiet", "--single-item"], time.monotonic()
    started = [
        subprocess.Popen(
            [*command, step.name], cwd=folder, env=environment(folder), stderr=subprocess.DEVNULL
        )
        for step in shape.steps
    ]
    failed = sum(process.wait() != 0 for process in started)
    return Cell(time.monotonic() - began, note=f"{failed} of {len(started)} fail")


def _project(peer: Peer, shape: Shape, scratch: Path) -> Path:
    folder = scratch / "project"
    for left in (folder, scratch / "project.site"):
        shutil.rmtree(left, ignore_errors=True)
    folder.mkdir()
    peer.prepare(folder, shape)
    subprocess.run(["sync"], check=True)  # what preparing has written is not the tool's to wait for
    return folder


def _round(case: Case, peer: Peer, scratch: Path, found: dict[str, list[Measurement]]) -> set[bytes]:
    """Measure a new project in every state; return the ``dvc.lock`` it ends with, if there is one."""
    folder = _project(peer, case.shape, scratch)
    for state in case.states:
        if state == CHANGED:
            change_source(folder)
        found[state].append(measure(peer.command(case.jobs), folder, environment(folder)))
        case.shape.check(folder)
    return {(folder / "dvc.lock").read_bytes()} if isinstance(peer, Dvc) else set()
