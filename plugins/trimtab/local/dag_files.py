"""The DAG ids of a project, found in its DAG files by the operators they call."""

from __future__ import annotations

import ast
from pathlib import Path

from trimtab.errors import ConfigError


def find_dag_id(project: Path, operator: str, *, option: str) -> str:
    """Return the id of the one DAG whose file calls an operator; a DAG file is named after its DAG.

    Args:
        project: The project's root, with the folder ``dags``.
        operator: The operator's class name.
        option: The command line's option that names the DAG instead, for the message.

    Raises:
        ConfigError: No file of the folder calls the operator, or several do, or one is not valid Python.
    """
    folder = project / "dags"
    found = [file.stem for file in sorted(folder.glob("*.py")) if operator in _called_names(file)]
    if len(found) == 1:
        return found[0]
    problem = (
        f"{len(found)} DAG files call {operator}: {', '.join(found)}"
        if found
        else (f"No DAG file calls {operator}")
    )
    raise ConfigError(problem, where=str(folder), fix=f"name the DAG with {option}")


def _called_names(file: Path) -> set[str]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError) as err:
        raise ConfigError(f"The DAG file is not valid Python: {err}", where=str(file)) from err
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    return names | {call.attr for call in calls if isinstance(call, ast.Attribute)}
