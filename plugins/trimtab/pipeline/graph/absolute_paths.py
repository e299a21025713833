"""Relocation of absolute paths: in a sandbox, a path below the project's root is a path below the sandbox.

DVC makes an absolute path below the root relative when it reads it. So an absolute path in ``dvc.yaml`` names
the same file in the project and in a sandbox of it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.pipeline.dvc_compat import (
    INIT_OUTPUT,
    LOAD_TEMPLATE_FILE,
    RESOLVE_WORKING_FOLDER,
    DvcAttribute,
    DvcObject,
    hooked,
)

if TYPE_CHECKING:
    from dvc.fs import FileSystem
    from dvc.output import Output
    from dvc.stage import Stage

Relocate = Callable[[object], object]


@contextlib.contextmanager
def relocated_paths(home: Path, root: Path) -> Iterator[None]:
    """Let DVC read absolute paths below the project as paths below the sandbox, for the time of the block.

    This holds for outputs, dependencies, working directories and files that templating reads.

    Args:
        home: The project's root.
        root: The sandbox's root. Nothing is relocated if it is the project's.
    """
    relocate = partial(_relocate, home, root)
    with contextlib.ExitStack() as stack:
        if home != root:
            stack.enter_context(hooked(INIT_OUTPUT, partial(_relocate_output, relocate)))
            stack.enter_context(hooked(RESOLVE_WORKING_FOLDER, partial(_relocate_working_folder, relocate)))
            stack.enter_context(hooked(LOAD_TEMPLATE_FILE, partial(_relocate_template_file, relocate)))
        yield


def _relocate(home: Path, root: Path, path: object) -> object:
    if not (isinstance(path, str) and path.startswith("/")):
        return path
    real = os.path.normpath(path)
    return str(root / os.path.relpath(real, home)) if Path(real).is_relative_to(home) else path


def _relocate_output(relocate: Relocate, original: DvcAttribute) -> DvcAttribute:
    def init(self: Output, stage: Stage, path: object, *args: object, **kwargs: object) -> None:
        original(self, stage, relocate(path), *args, **kwargs)

    return init


def _relocate_working_folder(relocate: Relocate, original: DvcAttribute) -> DvcAttribute:
    def resolve_paths(fs: FileSystem, path: str, wdir: object = None) -> DvcObject:
        return original(fs, path, relocate(wdir))

    return resolve_paths


def _relocate_template_file(relocate: Relocate, original: DvcAttribute) -> DvcAttribute:
    def load_from(cls: type, fs: FileSystem, path: str, select_keys: object = None) -> DvcObject:
        return original.__func__(cls, fs, relocate(path), select_keys)

    return classmethod(load_from)
