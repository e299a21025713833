"""Stages that use the same path do not run at the same time."""

from __future__ import annotations

import re

import pytest

from tests.library.pipeline.dvc2 import as_dvc_2_left_it
from tests.library.pipeline.dvc_comparison import run_here
from tests.library.pipeline.stage_kinds import pipeline
from trimtab.pipeline.execution.path_conflicts import conflicts

# Reads a folder repeatedly until another stage has ended, and writes the number of files it found.
COUNT = """\
import os, time
seen, end = set(), time.monotonic() + 30
open("../reads", "w").close()
while not os.path.exists("../done") and time.monotonic() < end:
    seen.add(len(os.listdir("d")) if os.path.isdir("d") else 0)
print(*sorted(seen), file=open("count.txt", "w"))
"""
FAN = pipeline(
    "make: {cmd: 'mkdir d; split -a 3 -l 1 lines.txt d/', deps: [lines.txt], outs: [d]}",
    "slow: {cmd: 'until test -e ../reads; do sleep 0.1; done; cp lines.txt s', deps: [lines.txt], outs: [s]}",
    "count: {cmd: python3 count.py, deps: [d], outs: [count.txt]}",
    "list: {cmd: 'ls d > list.txt; touch ../done', deps: [d, s], outs: [list.txt]}",
    **{"count.py": COUNT, "lines.txt": "".join(f"{number}\n" for number in range(300))},
)
"""``list`` begins to read the folder while ``count`` reads it."""


@pytest.mark.parametrize(
    ("lock", "links"),
    [("of DVC 2", "copy"), ("of DVC 2", "symlink"), ("of DVC 2", "hardlink"), ("new", "copy")],
)
def test_folder_that_two_stages_read_stays_in_place(project, tmp_path, lock, links):
    checkout = project({**FAN, ".dvc/config": f"[cache]\n    type = {links}\n"})
    flags = [tmp_path / "reads", tmp_path / "done"]
    for flag in flags:
        flag.touch()
    checkout.repro()
    if lock == "of DVC 2":
        as_dvc_2_left_it(checkout)
    checkout.edit("lines.txt", "7", "seven")
    for flag in flags:
        flag.unlink()

    outcomes = run_here(checkout, jobs=3)

    assert {one.state for one in outcomes.values()} == {"ran"}
    assert checkout.read("count.txt") == "300\n"


def test_frozen_stage_waits_for_its_upstream_stage(project, as_dvc):
    """DVC has no edge between the two stages, and never runs two stages at the same time."""
    checkout = project(
        pipeline(
            "a: {cmd: 'rm -f a.txt; sleep 0.5; cp source.txt a.txt', deps: [source.txt], outs: [a.txt]}",
            "b: {cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt], frozen: true}",
        )
    )
    checkout.write({"b.txt": "by hand\n"})

    both = as_dvc(checkout, jobs=4)

    assert both.states == {"a": "ran", "b": "frozen"}


def test_stages_that_reach_one_file_by_two_paths_run_one_after_the_other(project, tmp_path):
    log = tmp_path / "log"
    cmd = f"echo {{0}} >> {log}; sleep 0.3; {{1}}; echo {{0}} >> {log}"
    checkout = project(
        pipeline(
            f"w: {{cmd: '{cmd.format('w', 'cp source.txt real/x')}', outs: [real/x]}}",
            f"r: {{cmd: '{cmd.format('r', 'cp linked/x r')}', deps: [linked/x], outs: [r]}}",
            **{"real/y": "y\n"},
        )
    )
    (checkout.root / "linked").symlink_to("real")
    (checkout.root / "real/x").write_text("old\n")

    run_here(checkout, jobs=4)

    assert re.fullmatch(r"(?:(\w)\n\1\n){2}", log.read_text())


def test_conflicts_are_pairs_in_the_order_of_dvc(project):
    checkout = project(
        pipeline(
            "a: {cmd: 'true', outs: [g/a, h.txt]}",
            "b: {cmd: 'true', deps: [g], outs: [b.txt]}",
            "c: {cmd: 'true', deps: [g/a/deep/x], outs: [c.txt]}",
            "d: {cmd: 'true', deps: [ga, s3://far/h.txt], outs: [d.txt]}",
            "e: {cmd: 'true', params: [h.txt: [p]], outs: [e.txt]}",
            "f: {cmd: 'true', deps: [link.txt], outs: [f.txt]}",
        )
    )
    (checkout.root / "link.txt").symlink_to("h.txt")

    found = set(conflicts(checkout.root, checkout.graph().stages))

    assert found == {("a", "b"), ("a", "c"), ("a", "e"), ("a", "f")}
