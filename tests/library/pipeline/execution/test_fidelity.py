"""Random pipelines and random edits: each way to run them has the results of `dvc repro`."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dvc.exceptions import DvcException
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from tests.library.pipeline.dvc2 import as_dvc_2_left_it
from tests.library.pipeline.dvc_comparison import assert_same, checkout_files, run_here, written_files
from tests.library.pipeline.random_pipelines import EDITS, LINKS, Pipeline, pipelines
from trimtab.errors import TrimtabError

# Errors of DVC that the engine need not raise: the cache has the data of a frozen stage.
KINDER = ("missing data", "is already tracked")
# Errors of a run in sandboxes that DVC need not raise: a sandbox has no files of the checkout.
STRICTER = ("is frozen", "not in DVC's cache")
# Edits after which an output differs from dvc.lock. A persistent output may continue from either.
TAMPERING = ("lose_output", "scribble", "lose_lock", "go_back", "rename")


class Player:
    """Edits and runs a pipeline in a checkout; before each run, DVC runs a copy of the checkout."""

    def __init__(self, checkout, pipeline: Pipeline, draw: st.DrawFn) -> None:
        self.checkout, self.pipeline, self.draw = checkout, pipeline, draw
        self.history: list[tuple[str, Pipeline]] = []
        self.tampered = False
        with checkout.dvc() as repo:
            repo.add("data/raw.txt")
        self.commit()

    def edit(self) -> None:
        """Edit the pipeline, the checkout or the cache."""
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
        """Write and commit the pipeline."""
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
        data = (self.checkout.root / "data/raw.txt").resolve()  # which no stage can make again
        objects = sorted(
            path
            for path in (self.checkout.root / ".dvc/cache/files").rglob("*")
            if path.is_file() and path != data
        )
        if not objects:  # all of them are in the layout of DVC 2
            return
        self.draw(st.sampled_from(objects)).unlink()
        with self.checkout.dvc() as repo:
            repo.commit("data/raw.txt.dvc", force=True)

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
        """Run the pipeline, and assert that its files equal those of `dvc repro` in a copy."""
        self.commit()
        jobs = self.draw(st.integers(2, 8))
        ways = {
            "run": lambda: run_here(self.checkout),
            "run in parallel": lambda: run_here(self.checkout, jobs=jobs),
            "run in parallel, watched": self.watched(lambda: run_here(self.checkout, jobs=jobs)),
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
            _point_links(self.checkout.root, beside.root, self.checkout.root)
            return
        read = checkout_files if way == "run in sandboxes" else written_files
        ours, theirs = (_comparable_files(read(one), way) for one in (self.checkout, beside))
        assert_same(ours, _without_links_in_git(self.checkout, theirs))
        shutil.rmtree(beside.root)

    def copy(self):
        """Copy the checkout; links to its cache become links to the copy's cache."""
        beside = self.checkout.copy(self.checkout.root.with_name("beside"))
        _point_links(beside.root, self.checkout.root, beside.root)
        return beside

    def watched(self, run: Callable[[], Any]) -> Callable[[], Any]:
        """Make each stage read its dependencies repeatedly while it runs, and fail if they change."""

        def watching() -> Any:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("WATCH", "5")
                return run()

        return watching

    def run_in_sandboxes(self) -> None:
        """Run as a DAG run does, and check its record out into the checkout."""
        commit = self.checkout.run_all().record.commit
        in_git = [out.path for stage in self.checkout.graph().stages for out in stage.outs if not out.cache]
        for path in in_git:
            self.delete(path)
        recorded = self.checkout.git("ls-tree", "-r", "--name-only", commit).splitlines()
        kept = [path for path in recorded if path.endswith(("dvc.lock", ".gitignore"))]
        if kept or in_git:
            self.checkout.git("restore", "--source", commit, "--worktree", "--", *kept, *in_git)
        with self.checkout.dvc() as repo:
            repo.checkout(force=True)


def _point_links(root: Path, before: Path, after: Path) -> None:
    """Let links into the cache of one checkout lead into that of another."""
    here, there = (str(one / ".dvc/cache") for one in (before, after))
    for path in root.rglob("*"):
        if path.is_symlink() and str(path.readlink()).startswith(here):
            target = str(path.readlink()).replace(here, there, 1)
            path.unlink()
            path.symlink_to(target)


def _repro(checkout) -> None:
    with checkout.dvc() as repo:
        repo.reproduce(all_pipelines=True)


def _error(run: Callable[[], Any]) -> Exception | None:
    try:
        run()
    except (DvcException, TrimtabError) as err:
        return err
    return None


def _comparable_files(found: dict[str, Any], way: str) -> dict[str, Any]:
    """Leave out what a run in sandboxes writes differently.

    `.gitignore` of a record has all outputs, even those that the checkout had before. Data that only the
    checkout has is not stored: `dvc repro` adds it to the cache, but a sandbox has no files of the checkout.
    Whether a file is a link to the cache is up to `dvc checkout`, which leaves a copy that is in place.
    """
    if way != "run in sandboxes":
        return found
    kept = {
        name: one if name == "status" else (one[0], False, False)
        for name, one in found.items()
        if not name.endswith(".gitignore")
    }
    kept["status"] = {name: one for name, one in found["status"].items() if not _is_unstored_data(name, one)}
    return kept


def _without_links_in_git(checkout, found: dict[str, Any]) -> dict[str, Any]:
    """Turn links to the cache into files where git keeps the output.

    DVC restores such an output as a link if the cache happens to have its content, and git would commit the
    link. The engine always writes a file.
    """
    kept = [out.path for stage in checkout.graph().stages for out in stage.outs if not out.cache]
    links = [name for name, one in found.items() if name != "status" and one[1] is True]
    return found | {
        name: (found[name][0], False, False)
        for name in links
        if any(f"{name}/".startswith(f"{path}/") for path in kept)
    }


def _is_unstored_data(name: str, changes: list[Any]) -> bool:
    return name.endswith(".dvc") and all(
        set(change.get("changed outs", {"": ""}).values()) == {"not in cache"} for change in changes
    )


@pytest.fixture
def play(project, tmp_path) -> Callable[[Pipeline, st.DataObject], None]:
    """Run one example in a new folder."""
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
    """Draw ``TRIMTAB_EXAMPLES`` new examples; a failure prints how to repeat it."""
    many = settings(FIXED, derandomize=False, max_examples=int(os.environ.get("TRIMTAB_EXAMPLES", "100")))
    many(given(pipelines(), st.data())(play))()
