"""``meta: {trimtab: {gate: …}}``: whether every stage that is a gate says so, and in words that are known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph.graph import Graph, Stage

KINDS = ("data", "model")
KEY = "gate"  # of `meta.trimtab`; what else it holds is not a gate's

# `trimtab gate data …`, by any path, in quotes, with options, and `python -m trimtab.cli gate model …`.
_GAP = r"(?:\s|\\\n)+"
_GATE = re.compile(rf"""\btrimtab(?:\.cli)?["']?(?:{_GAP}-\S+)*{_GAP}gate{_GAP}(data|model)\b""")


def check_gates(graph: Graph) -> None:
    """Refuse stages that are gates and do not say so, or say it in words nobody knows.

    Raises:
        ProjectError: There are some; a model would be registered that no gate vouches for.
    """
    for stage in graph.stages:
        for what, fix in _faults(stage):
            raise ProjectError(what, where=f"dvc.yaml: stage '{stage.name}', meta.trimtab", fix=fix)


def _faults(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a stage's meta, and what to do."""
    said = stage.meta.get("trimtab")
    if said is not None and not isinstance(said, dict):
        yield f"The stage '{stage.name}' says of itself what is no mapping: {said!r}", "write `{gate: model}`"
        return
    for key in said or {}:
        if key != KEY and (meant := closest(str(key), [KEY])):
            yield f"The stage '{stage.name}' has a key that nobody knows: {key!r}{meant}", f"write `{KEY}`"
    kind = (said or {}).get(KEY)
    if KEY in (said or {}) and kind not in KINDS:
        yield (
            f"The stage '{stage.name}' is a gate of no known kind: {kind!r}{closest(str(kind), KINDS)}",
            f"write `gate: {' or '.join(KINDS)}`",
        )
    for command in stage.cmd:
        run = _GATE.search(command) if "gate" in command else None
        if run and kind != run[1]:
            yield (
                f"The stage '{stage.name}' runs a {run[1]} gate"
                + (f" and says that it is a {kind} gate" if kind else " and does not say that it is one"),
                f"add `meta: {{trimtab: {{gate: {run[1]}}}}}`, so that its report vouches for the model",
            )
