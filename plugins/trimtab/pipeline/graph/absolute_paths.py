"""Absolute paths into the project, which a sandbox of it reads as paths of its own, as DVC does at home."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from trimtab.pipeline.graph.dvc_resolver import replaced

Move = Callable[[Any], Any]


@contextlib.contextmanager
def relocated(home: Path, root: Path) -> Iterator[None]:
    """Have DVC take paths below the project for paths below its sandbox.

    DVC makes an absolute path below the root relative when it reads it: of an output, of a dependency, of a
    working directory. A file that templating reads is the sandbox's too.

    Args:
        home: The project's root.
        root: The sandbox's; the same one if there is none.
    """
    from dvc.output import Output
    from dvc.parsing.context import Context
    from dvc.stage import loader

    move = partial(_moved, home, root)
    with contextlib.ExitStack() as stack:
        if home != root:
            stack.enter_context(replaced(Output, "__init__", partial(_of_output, move)))
            stack.enter_context(replaced(loader, "resolve_paths", partial(_of_folder, move)))
            stack.enter_context(replaced(Context, "load_from", partial(_of_file, move)))
        yield


def _moved(home: Path, root: Path, path: Any) -> Any:
    if not (isinstance(path, str) and path.startswith("/")):
        return path
    real = os.path.normpath(path)
    return str(root / os.path.relpath(real, home)) if Path(real).is_relative_to(home) else path


def _of_output(move: Move, make: Any) -> Any:
    def init(self: Any, stage: Any, path: Any, *args: Any, **kwargs: Any) -> None:
        make(self, stage, move(path), *args, **kwargs)

    return init


def _of_folder(move: Move, find: Any) -> Any:
    def resolve_paths(fs: Any, path: str, wdir: Any = None) -> Any:
        return find(fs, path, move(wdir))

    return resolve_paths


def _of_file(move: Move, load: Any) -> Any:
    def load_from(cls: Any, fs: Any, path: str, select_keys: Any = None) -> Any:
        return load.__func__(cls, fs, move(path), select_keys)

    return classmethod(load_from)
