"""Whether run events of OpenLineage are collected, and around which run.

This module is imported by each `trimtab run`, so it imports nothing that is needed only if they are.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trimtab.lineage_events.run_events import RunEvents
    from trimtab.pipeline.execution import RunListener
    from trimtab.pipeline.graph import Graph

SWITCHES = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT__TYPE", "OPENLINEAGE__TRANSPORT")
INSTALL = "pip install 'trimtab[lineage]'"

log = logging.getLogger(__name__)


def is_on(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names a backend of OpenLineage.

    Args:
        environment: The environment variables.
    """
    disabled = environment.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true"
    return not disabled and any(environment.get(name, "").strip() for name in SWITCHES)


@contextlib.contextmanager
def observe_lineage(root: Path, graph: Graph, name: str, listener: RunListener) -> Iterator[RunListener]:
    """Collect the run events of a run of a checkout, and deliver them at its end.

    Args:
        root: The project's root.
        graph: The stages.
        name: The project's name.
        listener: Who else receives the events of the run.

    Yields:
        The listener to give to the run; ``listener`` itself while OpenLineage is off.
    """
    if is_on() and find_spec("openlineage") is None:
        log.warning("OpenLineage's client is not installed, and no run event is sent: %s", INSTALL)
    elif is_on():
        from trimtab.lineage_events.run_events import RunEvents  # it needs pydantic, which most runs do not

        yield from _observed(RunEvents(root, graph, name, listener))
        return
    yield listener


def _observed(events: RunEvents) -> Iterator[RunListener]:
    failed = True
    try:
        yield events
        failed = False
    finally:
        events.end(failed=failed)
        events.deliver()
