"""The DAG ids of a pipeline, found in its DAG files by the operators they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from trimtab.errors import ConfigError
from trimtab.pipeline.graph import DAGS, ROOT_PIPELINE, find_pipeline_folders

DAG_CLASSES = ("DAG", "DvcDag")


@dataclass(frozen=True)
class DagFolder:
    """The DAG files of one pipeline.

    Attributes:
        dags: The folder of all DAG files of the repository.
        own: The folder of the pipeline in it.
        others: The folders of other pipelines in it.
    """

    dags: Path
    own: str = "."
    others: tuple[str, ...] = ()

    @classmethod
    def of_pipeline(cls, name: str, repository: Path) -> DagFolder:
        """Return ``dags/NAME``. For the pipeline in the root: ``dags`` without the folders of the others."""
        if name != ROOT_PIPELINE:
            return cls(repository / DAGS, name)
        others = find_pipeline_folders(repository).keys() - {ROOT_PIPELINE}
        return cls(repository / DAGS, others=tuple(others))

    def holds(self, file: str) -> bool:
        """Whether a DAG file, given by its path in ``dags``, is one of the pipeline."""
        path = PurePath(file)
        return path.is_relative_to(self.own) and not any(map(path.is_relative_to, self.others))

    def files(self) -> list[Path]:
        """Return the DAG files of the pipeline, in the order of their paths."""
        found = sorted(self.dags.rglob("*.py"))
        return [file for file in found if self.holds(str(file.relative_to(self.dags)))]


def find_dag_id(folder: DagFolder, operator: str, *, option: str) -> str:
    """Return the id of the one DAG of a pipeline whose file calls an operator.

    Args:
        folder: The DAG files of the pipeline.
        operator: The operator's class name.
        option: The command line's option that names the DAG instead, for the message.

    Raises:
        ConfigError: No file calls the operator, or several do; a file is not valid Python, or its DAG's id
            is not a text.
    """
    found = [dag_id for file in folder.files() for dag_id in _dag_ids_with(operator, file, option)]
    if len(found) == 1:
        return found[0]
    problem = (
        f"{len(found)} DAGs have files that call {operator}: {', '.join(found)}"
        if found
        else f"No DAG file calls {operator}"
    )
    raise ConfigError(problem, where=str(folder.dags / folder.own), fix=f"name the DAG with {option}")


def calls_operator(folder: DagFolder, operator: str) -> bool:
    """Whether a DAG file of a pipeline calls an operator.

    Raises:
        ConfigError: A file is not valid Python.
    """
    return any(_calls_beside(operator, file) for file in folder.files())


def _dag_ids_with(operator: str, file: Path, option: str) -> list[str]:
    """Return the ids of the DAGs in a file; none if the file does not call the operator."""
    calls = _calls_beside(operator, file)
    ids = [dag_id for call in calls if _called_name(call) in DAG_CLASSES for dag_id in _dag_id(call)]
    if calls and not ids:
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


def _calls_beside(operator: str, file: Path) -> list[ast.Call]:
    """Return the calls of a file that calls an operator; none of another file."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError) as err:
        raise ConfigError(f"The DAG file is not valid Python: {err}", where=str(file)) from err
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return calls if operator in map(_called_name, calls) else []


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
