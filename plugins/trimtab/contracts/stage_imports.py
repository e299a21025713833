"""The contracts of the code of stages: what it imports is declared, and does not run stages itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.imported_modules import Imports, find_imports
from trimtab.contracts.problem import Problem
from trimtab.contracts.python_commands import python_files
from trimtab.pipeline.graph import PIPELINE_FILE, Stage, require_code_dependencies, split_address

# The parts of the library that run stages, and so depend on them; see docs/decisions/0005.
_NOT_FOR_STAGES = (
    "airflow",
    "trimtab.airflow",
    "trimtab.cli",
    "trimtab.local",
    "trimtab.pipeline",
    "trimtab.registry",
)


def check_declared_imports(pipeline: CheckedProject) -> Iterator[Problem]:
    """Yield the files of the project that a stage imports and does not declare in ``deps``.

    DVC would keep the result of such a stage when the file changes.
    """
    require_code_dependencies(pipeline.root, pipeline.graph)
    for stage in pipeline.graph.stages:
        for file in sorted(_imports(pipeline, stage).files):
            if not file.is_relative_to(pipeline.root):
                continue
            path = PurePosixPath(file.relative_to(pipeline.root).as_posix())
            if not any(path.is_relative_to(dependency) for dependency in stage.deps):
                yield Problem(
                    f"The stage '{stage.name}' imports {path}, which is no dependency of it",
                    _where(pipeline, stage, "deps"),
                    f"add {path}, so that a change of it runs the stage again",
                )


def check_allowed_imports(pipeline: CheckedProject) -> Iterator[Problem]:
    """Yield imports of Airflow, or of a part of the library that runs stages, by the code of a stage.

    A stage is files in, files out: it gives the same result in Airflow and without it.
    """
    for stage in pipeline.graph.stages:
        found = {
            (forbidden, file)
            for module, file in _imports(pipeline, stage).modules.items()
            for forbidden in _NOT_FOR_STAGES
            if f"{module}.".startswith(f"{forbidden}.")
        }
        for forbidden, file in sorted(found):
            yield Problem(
                f"The code of the stage '{stage.name}' imports {forbidden}",
                pipeline.where(file.relative_to(pipeline.root).as_posix()),
                "do it in a task of the DAG; of the library, stage code imports stages, gates and drift only",
            )


def _imports(pipeline: CheckedProject, stage: Stage) -> Imports:
    found = Imports()
    for command in stage.cmd:
        for file, folder in python_files(command, pipeline.root / stage.wdir):
            imports = find_imports(file.resolve(), folder.resolve())
            found.files |= imports.files
            found.modules |= imports.modules
    return found


def _where(pipeline: CheckedProject, stage: Stage, key: str) -> str:
    file, name = split_address(stage.name)
    return pipeline.where(file or PIPELINE_FILE, "stages", name, key)
