"""What runs on a host of `hosts.py`: it does what each line of the standard input says."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


def _pin(root: Path, overrides: Mapping[str, Any]) -> Any:
    from trimtab.pipeline.git.revision import pin_revision

    return asdict(pin_revision(root, overrides))


def _plan(root: Path, revision: Mapping[str, Any], force: Collection[str]) -> Any:
    from trimtab.pipeline.execution.plan import make_plan
    from trimtab.pipeline.git.revision import Revision
    from trimtab.pipeline.graph.project import Project

    plan = make_plan(root, Revision(**revision), Project(root).graph(), force=force)
    return {"plan": plan.to_dict(), "entries": plan.unchanged}


def _stage(
    root: Path,
    revision: Mapping[str, Any],
    name: str,
    entries: Mapping[str, Entry],
    digest: str,
    force: bool,
) -> Any:
    from trimtab.pipeline.execution.stage_execution import run_stage
    from trimtab.pipeline.git.revision import Revision
    from trimtab.pipeline.graph.project import Project

    graph = Project(root).graph()
    needed = {upstream: entries[upstream] for upstream in graph.upstream(name)}
    done = run_stage(root, Revision(**revision), graph, name, needed, digest=digest, force=force)
    return {"entry": done.entry, "ran": done.ran}


def _record(
    root: Path, revision: Mapping[str, Any], entries: Mapping[str, Entry], name: str, push_to: str | None
) -> Any:
    from trimtab.pipeline.git.revision import Revision
    from trimtab.pipeline.graph.project import Project
    from trimtab.pipeline.record.record import record_run

    graph = Project(root).graph()
    return record_run(root, Revision(**revision), graph, entries, name=name, push_to=push_to).to_dict()


def _have_record(root: Path, record: Mapping[str, Any]) -> None:
    from trimtab.pipeline.record.record import Record, ensure_record

    ensure_record(root, Record.from_dict(dict(record)))


def _output(root: Path, commit: str, path: str) -> Any:
    from trimtab.pipeline.record.recorded_files import open_recorded_outputs

    with open_recorded_outputs(root, commit, lambda graph: [path]) as (folder, _):
        return (folder / path).read_text()


def main() -> None:
    """Answer each line of the standard input."""
    from trimtab.errors import TrimtabError

    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # what stages print is no answer
        doing = {
            "pin": _pin,
            "plan": _plan,
            "stage": _stage,
            "record": _record,
            "ensure_record": _have_record,
            "output": _output,
        }
        for line in sys.stdin:
            what, values = json.loads(line)
            try:
                answer: dict[str, Any] = {"value": doing[what](Path.cwd(), **values)}
            except TrimtabError as err:
                answer = {"error": [type(err).__name__, str(err)]}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
