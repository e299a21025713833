"""Answer predict calls for a model folder of MLflow, in a process of its own.

This file is started as a script, and imports nothing of the library. A message is the length of its header,
the header in JSON, and as many bytes as the header says. Requests are tables of Arrow, answers are numbers.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import IO, Any

LENGTH = struct.Struct("<I")
LONGEST_ERROR = 2000  # characters


def main(folder: str) -> None:
    """Load the model, and answer until the requests end.

    Args:
        folder: The folder, with a file ``MLmodel``.
    """
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what the model prints is no answer
    import mlflow.pyfunc

    model = mlflow.pyfunc.load_model(folder)
    inputs, outputs = model.metadata.get_input_schema(), model.metadata.get_output_schema()
    write(answers, {"inputs": _names(inputs), "outputs": _names(outputs)})
    while (request := read(requests)) is not None:
        try:
            columns, values, integers = _predict(model, request)
        except Exception as err:  # noqa: BLE001 - the model may raise anything; the caller gets it as a text
            write(answers, {"error": f"{type(err).__name__}: {err}"[:LONGEST_ERROR]})
        else:
            header = {"columns": columns, "shape": values.shape, "integers": integers}
            write(answers, header, values.tobytes())


def read(stream: IO[bytes]) -> bytes | None:
    """Return the bytes of the next message; ``None`` at the end."""
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    header = json.loads(stream.read(*LENGTH.unpack(length)))
    return stream.read(header["bytes"])


def write(stream: IO[bytes], header: dict[str, Any], content: bytes = b"") -> None:
    """Write a message."""
    text = json.dumps({**header, "bytes": len(content)}).encode()
    stream.write(LENGTH.pack(len(text)) + text)
    stream.write(content)
    stream.flush()


def _names(schema: Any) -> list[str]:
    """Return the names of the columns of a schema; none if there is no schema, or one of arrays."""
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return []
    return [str(name) for name in schema.input_names()]


def _predict(model: Any, request: bytes) -> tuple[list[str], Any, bool]:
    """Return the predictions for a table.

    Returns:
        The names of the columns, if they have names; the values, of shape (n_rows, n_columns); and whether
        the model predicts integers.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    rows = pa.ipc.open_stream(request).read_pandas()
    found = model.predict(rows)
    columns = [str(name) for name in found.columns] if isinstance(found, pd.DataFrame) else []
    values = np.asarray(found)
    if values.ndim not in (1, 2):
        raise ValueError(f"the model returns an array of {values.ndim} dimensions, not a table")
    if len(values) != len(rows):
        raise ValueError(f"the model returns {len(values):,} predictions for {len(rows):,} rows")
    table = np.ascontiguousarray(values.reshape(len(values), -1), dtype="<f8")
    return columns, table, values.dtype.kind in "iub"


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)  # without waiting for threads that the model has started
