"""Projects with a single stage, and runs of one stage in a sandbox."""

from __future__ import annotations

from pathlib import Path

from trimtab.pipeline.execution.stage_execution import StageExecution, run_stage
from trimtab.pipeline.git.revision import pin_revision


def run_one_stage(checkout, stage: str, **options) -> StageExecution:
    """Run a stage of the checkout in a sandbox, with the lock entries of its upstream stages in dvc.lock."""
    graph = checkout.graph()
    entries = {name: checkout.locked(name) for name in graph.upstream(stage)}
    return run_stage(checkout.root, pin_revision(checkout.root), graph, stage, entries, **options)


def write_single_stage(checkout, cmd: str, **stage) -> None:
    """Replace the pipeline by the stage ``only``, which writes ``out.txt``."""
    definition = {"cmd": cmd, "deps": ["data/source.txt"], "outs": ["out.txt"], **stage}
    checkout.write({"dvc.yaml": f"stages: {{only: {definition}}}", ".gitignore": "out.txt\n"})


def cache_files(checkout) -> set[Path]:
    """Return the files of the cache."""
    return {path for path in (checkout.root / ".dvc" / "cache").rglob("*") if path.is_file()}
