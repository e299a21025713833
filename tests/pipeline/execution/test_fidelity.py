"""Random pipelines and random edits: each way to run them has the results of `dvc repro`."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from dvc.exceptions import DvcException
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from tests.pipeline.dvc2 import as_dvc_2_left_it
from tests.pipeline.dvc_comparison import assert_same, files_of, left, run_here
from tests.pipeline.random_pipelines import EDITS, LINKS, Pipeline, pipelines
from trimtab.errors import TrimtabError

# What DVC fails on, and the engine need not: data of a frozen stage that the cache has.
KINDER = ("missing data", "is already tracked")
# What the engine fails on in a sandbox, which holds a revision and not what is in the checkout.
STRICTER = ("is frozen", "not in DVC's cache")
# What makes an output another than dvc.lock says: what goes on with it may go on with the one or the other.
TAMPERING = ("lose_output", "scribble", "lose_lock", "go_back", "rename")


class Player:
    """Plays a pipeline and its edits in a checkout; DVC does the same in a copy, before every run."""

    def __init__(self, checkout, pipeline: Pipeline, draw: st.DrawFn) -> None:
        self.checkout, self.pipeline, self.draw = checkout, pipeline, draw
        self.history: list[tuple[str, Pipeline]] = []
        self.tampered = False
        with checkout.dvc() as repo:
            repo.add("data/raw.txt")
        self.commit()

    def edit(self) -> None:
        """Edit the pipeline, or something in the checkout or the cache."""
        here = [
            self.lose_output,
            self.scribble,
            self.lose_object,
            self.lose_lock,
            self.lose_runs,
            self.go_back,
            self.leave_as_dvc_2,
            self.leave_as_dvc_2,
        ]
        edit = self.draw(st.sampled_from([*EDITS, *here]))
        note(f"edit: {edit.__name__}")
        self.tampered |= edit.__name__ in TAMPERING
        before = self.pipeline.paths()
        edit(*(() if edit in here else (self.draw, self.pipeline)))
        for path in set(before).difference(self.pipeline.paths()):
            self.delete(path)

    def commit(self) -> None:
        """Write and commit what there is."""
        files = self.pipeline.files()
        for path in {"dvc.yaml", "sub/dvc.yaml"}.difference(files):
            (self.checkout.root / path).unlink(missing_ok=True)
        self.checkout.write(files)
        self.checkout.git("rm", "-rq", "--cached", "--ignore-unmatch", "--", "none", *self.pipeline.paths())
        self.history.append((self.checkout.commit(), copy.deepcopy(self.pipeline)))

    # In the checkout

    def lose_output(self) -> None:
        if path := self.drawn_output():
            self.delete(path if path.endswith(".txt") or self.draw(st.booleans()) else f"{path}/one.txt")

    def scribble(self) -> None:
        if path := self.drawn_output():
            file = path if path.endswith(".txt") else f"{path}/new.txt"
            self.delete(file)  # it may be a link to the cache
            self.checkout.write({file: "scribbled"})

    def lose_object(self) -> None:
        objects = sorted(
            path for path in (self.checkout.root / ".dvc/cache/files").rglob("*") if path.is_file()
        )
        self.draw(st.sampled_from(objects)).unlink()
        with self.checkout.dvc() as repo:
            repo.commit("data/raw.txt.dvc", force=True)  # which no stage can make again

    def leave_as_dvc_2(self) -> None:
        graph = self.checkout.graph()
        names = sorted(one.name for one in (*graph.sources, *graph.stages))
        drawn = self.draw(st.none() | st.sets(st.sampled_from(names)))
        read = any(
            graph.sources_of(stage.name) for stage in graph.stages
        )  # DVC commits what nobody reads too
        as_dvc_2_left_it(self.checkout, stages=drawn, stored=not read or self.draw(st.booleans()))

    def lose_lock(self) -> None:
        (self.checkout.root / "dvc.lock").unlink(missing_ok=True)

    def lose_runs(self) -> None:
        shutil.rmtree(self.checkout.root / ".dvc/cache/runs", ignore_errors=True)

    def go_back(self) -> None:
        commit, pipeline = self.draw(st.sampled_from(self.history))
        self.checkout.git("checkout", "--quiet", "--force", commit)
        self.pipeline = copy.deepcopy(pipeline)

    def drawn_output(self) -> str:
        made = [path for path in self.pipeline.paths() if (self.checkout.root / path).exists()]
        return self.draw(st.sampled_from(made)) if made else ""

    def delete(self, path: str) -> None:
        target = self.checkout.root / path
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)

    # Runs

    def run(self) -> None:
        """Run what there is, and see to it that all is as DVC leaves it in a copy."""
        self.commit()
        jobs = self.draw(st.integers(2, 8))
        ways = {
            "run": lambda: run_here(self.checkout),
            "run side by side": lambda: run_here(self.checkout, jobs=jobs),
            "run side by side, watched": self.watched(lambda: run_here(self.checkout, jobs=jobs)),
        }
        persist = any(out.persist for stage in self.pipeline.stages for out in stage.outs)
        if not (self.tampered and persist):
            ways["run in sandboxes"] = self.run_in_sandboxes
        self.tampered = False
        way = self.draw(st.sampled_from(list(ways)))
        note(f"{way}, {jobs} jobs")
        beside = self.copy()
        errors = [_error(lambda: _repro(beside)), _error(ways[way])]
        if any(errors):
            event("failed")
            sandboxed = way == "run in sandboxes"
            kinder = errors[0] and any(text in str(errors[0].__cause__) for text in KINDER)
            stricter = errors[1] and sandboxed and any(text in str(errors[1]) for text in STRICTER)
            assert all(errors) or kinder or stricter, errors
            shutil.rmtree(self.checkout.root)
            beside.root.rename(self.checkout.root)
            return
        look = files_of if way == "run in sandboxes" else left
        assert_same(*(_as_seen(look(one), way) for one in (self.checkout, beside)))
        shutil.rmtree(beside.root)

    def copy(self):
        """Copy the checkout, links to its cache turned into links to the other one's."""
        beside = self.checkout.copy(self.checkout.root.with_name("beside"))
        here, there = (str(one.root / ".dvc/cache") for one in (self.checkout, beside))
        for path in beside.root.rglob("*"):
            if path.is_symlink() and str(path.readlink()).startswith(here):
                target = str(path.readlink()).replace(here, there, 1)
                path.unlink()
                path.symlink_to(target)
        return beside

    def watched(self, run: Callable[[], Any]) -> Callable[[], Any]:
        """Have every stage read what it depends on again and again, until its last line."""

        def watching() -> Any:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("WATCH", "5")
                return run()

        return watching

    def run_in_sandboxes(self) -> None:
        """Do what a DAG run does, and bring its record into the checkout."""
        commit = self.checkout.run_all().record.commit
        of_git = [out.path for stage in self.checkout.graph().stages for out in stage.outs if not out.cache]
        for path in of_git:
            self.delete(path)
        recorded = self.checkout.git("ls-tree", "-r", "--name-only", commit).splitlines()
        kept = [path for path in recorded if path.endswith(("dvc.lock", ".gitignore"))]
        if kept or of_git:
            self.checkout.git("restore", "--source", commit, "--worktree", "--", *kept, *of_git)
        with self.checkout.dvc() as repo:
            repo.checkout(force=True)


def _repro(checkout) -> None:
    with checkout.dvc() as repo:
        repo.reproduce(all_pipelines=True)


def _error(run: Callable[[], Any]) -> Exception | None:
    try:
        run()
    except (DvcException, TrimtabError) as err:
        return err
    return None


def _as_seen(found: dict[str, Any], way: str) -> dict[str, Any]:
    """A record has git ignore all outputs, also those that the user's checkout had already."""
    return {
        name: one
        for name, one in found.items()
        if way != "run in sandboxes" or not name.endswith(".gitignore")
    }


@pytest.fixture
def play(project, tmp_path, in_process) -> Callable[[Pipeline, st.DataObject], None]:
    """Play one example, in a folder of its own."""
    folders = (f"example {number}" for number in range(10**6))

    def play(pipeline: Pipeline, data: st.DataObject) -> None:
        folder = next(folders)
        files = {**pipeline.files(), "data/raw.txt": "data\n", ".gitignore": "/data/raw.txt\n"}
        files[".dvc/config"] = f'[cache]\n    type = "{data.draw(st.sampled_from(LINKS), label="links")}"\n'
        try:
            player = Player(project(files, folder=f"{folder}/project"), pipeline, data.draw)
            player.run()
            for _ in range(data.draw(st.integers(1, 4), label="runs")):
                for _ in range(data.draw(st.integers(1, 2), label="edits")):
                    player.edit()
                player.run()
        finally:
            shutil.rmtree(tmp_path / folder)

    return play


FIXED = settings(
    derandomize=True, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck)
)


def test_random_pipelines_have_the_results_of_dvc_repro(play):
    short = settings(FIXED, max_examples=2)
    short(given(pipelines(), st.data())(play))()


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_many_random_pipelines_have_the_results_of_dvc_repro(play):
    """Draws anew each time; ``TRIMTAB_EXAMPLES`` says how many, and a failure says how to see it again."""
    many = settings(FIXED, derandomize=False, max_examples=int(os.environ.get("TRIMTAB_EXAMPLES", "100")))
    many(given(pipelines(), st.data())(play))()
