"""The DAG ids of a pipeline, found in its DAG files by the operators they call."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from trimtab.errors import ConfigError

DAG_CLASSES = ("DAG", "DvcDag")


def find_dag_id(folder: Path, operator: str, *, option: str, without: Collection[Path] = ()) -> str:
    """Return the id of the one DAG whose file calls an operator.

    Args:
        folder: The folder of the DAG files; folders in it are searched too.
        operator: The operator's class name.
        option: The command line's option that names the DAG instead, for the message.
        without: Folders that are not searched, as their DAGs are those of other pipelines.

    Raises:
        ConfigError: No file calls the operator, or several do; a file is not valid Python, or its DAG's id
            is not a text.
    """
    found = [
        dag_id
        for file in sorted(folder.rglob("*.py"))
        if not any(file.is_relative_to(other) for other in without)
        for dag_id in _dag_ids_with(operator, file, option)
    ]
    if len(found) == 1:
        return found[0]
    problem = (
        f"{len(found)} DAGs have files that call {operator}: {', '.join(found)}"
        if found
        else f"No DAG file calls {operator}"
    )
    raise ConfigError(problem, where=str(folder), fix=f"name the DAG with {option}")


def _dag_ids_with(operator: str, file: Path, option: str) -> list[str]:
    """Return the ids of the DAGs in a file; none if the file does not call the operator."""
    calls = list(_calls(file))
    if operator not in map(_called_name, calls):
        return []
    ids = [dag_id for call in calls if _called_name(call) in DAG_CLASSES for dag_id in _dag_id(call)]
    if not ids:
        raise ConfigError(
            f"The DAG file calls {operator}, and no DvcDag or DAG with a text as its id",
            where=str(file),
            fix=f'write the id into the call, such as `DvcDag("nightly", …)`, or name the DAG with {option}',
        )
    return ids


def _dag_id(call: ast.Call) -> Iterator[str]:
    """Yield the id that a call gives a DAG: its first argument, or ``dag_id``."""
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "dag_id")]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _calls(file: Path) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError) as err:
        raise ConfigError(f"The DAG file is not valid Python: {err}", where=str(file)) from err
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
