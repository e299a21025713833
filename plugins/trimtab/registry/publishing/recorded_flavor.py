"""A flavor of MLflow that keeps the hash of the files it has written, which are those that MLflow uploads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trimtab.registry.tracking import hash_folder


class RecordedFlavor:
    """Writes the files of a logged model as a flavor does, and hashes them.

    Args:
        flavor: A module with ``save_model``.
        finish: Called with the folder of the files before they are hashed, such as to sign them.

    Attributes:
        sent: SHA-256 of the files; empty until they are written.
    """

    def __init__(self, flavor: Any, finish: Callable[[Path], None] | None = None) -> None:
        self._flavor, self._finish, self.sent = flavor, finish, ""
        self.__name__ = flavor.__name__  # MLflow's name of the flavor

    def save_model(
        self, path: str, mlflow_model: Any, *, validate_serving_input: bool, **settings: Any
    ) -> None:
        """Write and hash the files; ``Model.log`` calls it before it uploads them.

        Args:
            path: Where to write them.
            mlflow_model: What is written into the file ``MLmodel``.
            validate_serving_input: Read by ``Model.log``, which would write more files after a validation.
            **settings: What the flavor's ``save_model`` takes.
        """
        self._flavor.save_model(path=path, mlflow_model=mlflow_model, **settings)
        for bytecode in Path(path).rglob("__pycache__"):  # which MLflow does not upload
            shutil.rmtree(bytecode)
        if self._finish:
            self._finish(Path(path))
        self.sent = hash_folder(Path(path))
