"""The code of a stage as a module, for its tests: two pipelines may each have a ``train.py``."""

from __future__ import annotations

import sys
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType


def import_stage(folder: Path, name: str) -> ModuleType:
    """Import a file of a pipeline's folder, such as ``train``, as Python does when the stage runs.

    Neither the file nor its siblings stay in ``sys.modules``, where those of another pipeline would be found.

    Args:
        folder: The folder of the pipeline.
        name: The name of the file, without ``.py``.
    """
    siblings = {file.stem for file in folder.glob("*.py")}
    hidden = {sibling: sys.modules.pop(sibling) for sibling in siblings if sibling in sys.modules}
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(folder))
        for sibling in siblings:
            sys.modules.pop(sibling, None)
        sys.modules.update(hidden)
