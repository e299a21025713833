"""The messages of a model's process; ``test_model_process.py`` tests the process."""

from __future__ import annotations

import ast
import sys
from io import BytesIO
from pathlib import Path

from trimtab.learning.formats import model_worker


def test_message_that_was_written_is_read_and_the_end_is_none():
    stream = BytesIO()
    model_worker.write(stream, {"shape": [1, 1]}, b"12345678")
    model_worker.write(stream, {})
    stream.seek(0)

    assert [model_worker.read(stream) for _ in range(3)] == [b"12345678", b"", None]


def test_worker_imports_nothing_of_the_library():
    tree = ast.parse(Path(model_worker.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert names - set(sys.stdlib_module_names) == {"mlflow.pyfunc", "numpy", "pandas", "pyarrow"}
