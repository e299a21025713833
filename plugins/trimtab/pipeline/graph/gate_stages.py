"""The gate declarations of stages: ``meta: {trimtab: {gate: data}}``.

A stage whose command is ``trimtab gate`` must declare the kind of the gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.errors import ProjectError, closest
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.meta_keys import STAGE_META
from trimtab.pipeline.graph.stage import Stage

KINDS = ("data", "model")
KEY = "gate"  # in `meta.trimtab`

# `trimtab gate data …`, by any path, in quotes, with options, and `python -m trimtab.cli gate model …`.
_GAP = r"(?:\s|\\\n)+"
_GATE = re.compile(rf"""\btrimtab(?:\.cli)?["']?(?:{_GAP}-\S+)*{_GAP}gate{_GAP}(data|model)\b""")


def check_gates(graph: Graph) -> None:
    """Check that every gate of a graph is declared, and with a known kind.

    Raises:
        ProjectError: A declaration is missing or invalid. A model could be registered that no gate passed.
    """
    for stage in graph.stages:
        for what, fix in _problems(stage):
            raise ProjectError(what, where=f"dvc.yaml: stage '{stage.name}', meta.trimtab", fix=fix)


def _problems(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a stage's declaration, and what to do."""
    settings = stage.meta.get("trimtab")
    if settings is not None and not isinstance(settings, dict):
        yield (
            f"The stage '{stage.name}' has a meta.trimtab that is no mapping: {settings!r}",
            "write `{gate: model}`",
        )
        return
    for key in settings or {}:
        if key not in STAGE_META and (meant := closest(str(key), STAGE_META)):
            yield (
                f"The stage '{stage.name}' has an unknown key in meta.trimtab: {key!r}{meant}",
                f"write one of {', '.join(f'`{known}`' for known in STAGE_META)}",
            )
    kind = (settings or {}).get(KEY)
    if KEY in (settings or {}) and kind not in KINDS:
        yield (
            f"The stage '{stage.name}' declares an unknown kind of gate: {kind!r}{closest(str(kind), KINDS)}",
            f"write `gate: {' or '.join(KINDS)}`",
        )
    for command in stage.cmd:
        run = _GATE.search(command) if "gate" in command else None
        if run and kind != run[1]:
            yield (
                f"The stage '{stage.name}' runs a {run[1]} gate"
                + (f" but declares a {kind} gate" if kind else " but does not declare it"),
                f"add `meta: {{trimtab: {{gate: {run[1]}}}}}`, so that its report counts for the model",
            )
