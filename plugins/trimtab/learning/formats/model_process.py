"""A process that has loaded a model folder and predicts for tables; the caller executes nothing of it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import ModelError
from trimtab.learning.formats import model_worker

if TYPE_CHECKING:
    import pandas as pd

INTERPRETER = "TRIMTAB_MODEL_PYTHON"  # names the Python that has the packages of model folders
START_SECONDS, END_SECONDS = 300, 5
BATCH = 65_536  # rows of a request
LONGEST_HEADER, MOST_COLUMNS = 1 << 20, 10_000  # bytes; columns of predictions
SHOWN = 1500  # the last characters of what a process printed
# The model's files are not changed, and a sum does not depend on the number of cores.
ENVIRONMENT: Mapping[str, str] = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class ModelProcess:
    """A process with a loaded model. It ends with the object, or with the caller's process.

    Its Python is the one that ``TRIMTAB_MODEL_PYTHON`` names, if a model needs packages that are not those of
    Airflow; it needs MLflow and pyarrow. By default it is the caller's.

    It works on a copy of the folder, so that its code neither changes the folder nor needs it later. Answers
    are numbers and names in JSON, whose sizes are checked: nothing of an answer is executed.

    Args:
        folder: The folder, with a file ``MLmodel``.

    Attributes:
        names: Names of the columns that the model reads; empty if its signature has none.
        columns: Names of the columns that it predicts; empty if its signature has none.

    Raises:
        ModelError: The model does not load, or there is no such Python.
    """

    def __init__(self, folder: Path) -> None:
        self._where = folder.name
        python, environment = _interpreter()
        place = tempfile.TemporaryDirectory(prefix="trimtab-model-")
        copy = shutil.copytree(folder, Path(place.name, "model"), copy_function=shutil.copyfile)
        self._printed = Path(place.name, "printed")
        with self._printed.open("wb") as printed:
            self._process = subprocess.Popen(
                [python, "-P", model_worker.__file__, str(copy)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                cwd=place.name,
                env=environment,
            )
        self.end = weakref.finalize(self, _end, self._process, place)
        try:
            header, _ = self._read(deadline=time.monotonic() + START_SECONDS)
        except ModelError:
            self.end()
            raise
        self.names, self.columns = tuple(map(str, header["inputs"])), tuple(map(str, header["outputs"]))

    def predict(self, rows: pd.DataFrame) -> NDArray[Any]:
        """Return the predictions, of shape (n_rows, n_columns), of floats or of integers.

        Raises:
            ModelError: The model fails for these rows, or does not predict a number or a row of numbers for
                each.
        """
        if not self.end.alive:
            raise self._failed("has no process any more, since an earlier request")
        starts = range(0, max(len(rows), 1), BATCH)
        return np.concatenate([self._predict(rows.iloc[start : start + BATCH]) for start in starts])

    def _predict(self, rows: pd.DataFrame) -> NDArray[Any]:
        import pyarrow as pa

        table, sink = pa.Table.from_pandas(rows, preserve_index=False), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        assert self._process.stdin
        try:
            model_worker.write(self._process.stdin, {}, sink.getvalue().to_pybytes())
        except BrokenPipeError as err:
            raise self._ended() from err
        header, content = self._read(len(rows))
        if "error" in header:
            raise self._failed(f"fails: {header['error']}")
        if (columns := tuple(header["columns"])) and self.columns not in ((), columns):
            raise self._failed(
                f"predicts the columns {', '.join(columns)}; its signature has {', '.join(self.columns)}"
            )
        values = np.frombuffer(content, dtype="<f8").reshape(header["shape"])
        return values.astype(np.int64) if header["integers"] else values

    def _read(self, rows: int = 0, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
        """Return the header and the numbers of the next answer, to a request of so many rows."""
        (length,) = model_worker.LENGTH.unpack(self._read_bytes(model_worker.LENGTH.size, deadline))
        if length > LONGEST_HEADER:
            raise self._broken()
        try:
            header: dict[str, Any] = json.loads(self._read_bytes(length, deadline))
            found, columns = map(int, header.get("shape", (rows, 0)))
        except (ValueError, TypeError, AttributeError) as err:
            raise self._broken() from err
        if found != rows or not 0 <= columns <= MOST_COLUMNS:
            raise self._broken()
        return header, self._read_bytes(rows * columns * 8, deadline)

    def _read_bytes(self, number: int, deadline: float | None) -> bytes:
        assert self._process.stdout
        parts, missing = [], number
        while missing:
            wait = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not select.select([self._process.stdout], [], [], wait)[0]:
                raise self._failed(f"has not loaded within {START_SECONDS} s{self._last_lines()}")
            part = os.read(self._process.stdout.fileno(), min(missing, 1 << 20))
            if not part:
                raise self._ended()
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _failed(self, what: str) -> ModelError:
        return ModelError(f"The model {what}", where=self._where)

    def _broken(self) -> ModelError:
        """End the process, whose further answers could not be told apart."""
        self.end()
        return self._failed("does not answer in the form that is expected; its process was ended")

    def _ended(self) -> ModelError:
        code = self._process.wait(END_SECONDS)
        why = f"signal {-code}" if code < 0 else f"exit code {code}"
        return self._failed(f"ended its process with {why}{self._last_lines()}")

    def _last_lines(self) -> str:
        with self._printed.open("rb") as file:
            file.seek(max(self._printed.stat().st_size - SHOWN, 0))
            printed = file.read(SHOWN).decode(errors="replace").strip()
        return f"; it printed: {printed}" if printed else ", and printed nothing"


def _interpreter() -> tuple[str, dict[str, str]]:
    """Return the Python of the process and its environment.

    Another Python than the caller's does not look for packages where the caller does.
    """
    declared, environment = os.environ.get(INTERPRETER), {**os.environ, **ENVIRONMENT}
    if not declared:
        return sys.executable, environment
    if not os.access(declared, os.X_OK):
        raise ModelError(
            f"The Python of model folders cannot be started: {declared}",
            where=f"environment variable {INTERPRETER}",
            fix="name the Python of a virtual environment that has MLflow, pyarrow and the model's packages",
        )
    return declared, {name: value for name, value in environment.items() if name != "PYTHONPATH"}


def _end(process: subprocess.Popen[bytes], place: tempfile.TemporaryDirectory[str]) -> None:
    """End the process, which reads until its input is closed, and remove its files."""
    for stream in (process.stdin, process.stdout):
        if stream:
            with contextlib.suppress(BrokenPipeError):  # of a process that ended before it read a request
                stream.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    place.cleanup()
