"""The pytest plugin: contracts as tests, one for each contract and pipeline, and one for each DAG file.

``trimtab_contracts = true`` in the configuration of pytest switches it on. A run of pytest without paths then
checks every contract. ``pytest pipelines/demand/dvc.yaml`` checks those of one pipeline.

This module is imported by each run of pytest, so it imports nothing else of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trimtab.contracts.problem import Problem

OPTION = "trimtab_contracts"
DAGS = "dags"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting that switches the contracts on."""
    parser.addini(
        OPTION,
        "check the contracts of Trimtab for each pipeline and each DAG file",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the pipelines and the DAG files to ``testpaths``, unless the caller has named paths."""
    if not config.getini(OPTION):
        return
    config.pluginmanager.register(ContractCollection(), "trimtab-contracts-collection")
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        from trimtab.contracts.pipeline import find_pipelines

        top = config.rootpath
        files = [str(pipeline.root / "dvc.yaml") for pipeline in find_pipelines(top)]
        config.args[:0] = [*([str(top / DAGS)] if (top / DAGS).is_dir() else []), *files]


class ContractCollection:
    """Collects the contracts of a project."""

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect the contracts of a pipeline from its ``dvc.yaml``, and those of a DAG file."""
        top = parent.config.rootpath
        if file_path.name == "dvc.yaml" and (file_path.parent / ".dvc").is_dir():
            return PipelineFile.from_parent(parent, path=file_path)
        if file_path.suffix == ".py" and file_path.is_relative_to(top / DAGS) and _may_hold_dag(file_path):
            return DagFile.from_parent(parent, path=file_path)
        return None


class PipelineFile(pytest.File):
    """A ``dvc.yaml`` at the root of a DVC project."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the contracts of the pipeline."""
        from trimtab.contracts.pipeline import Pipeline
        from trimtab.contracts.pipeline_contracts import PIPELINE_CONTRACTS

        pipeline = Pipeline(self.config.rootpath, self.path.parent)
        for name, check in PIPELINE_CONTRACTS.items():
            yield ContractItem.from_parent(self, name=name, check=_bind(check, pipeline))


class DagFile(pytest.File):
    """A Python file of ``dags/`` that may define a DAG."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the contract of the file."""
        from trimtab.contracts.dag_conventions import check_dag_file

        def check() -> Iterable[Problem]:
            return check_dag_file(self.config.rootpath, self.path)

        yield ContractItem.from_parent(self, name="conventions_of_a_dag", check=check)


class ContractItem(pytest.Item):
    """A contract, as a test."""

    def __init__(self, *, check: Callable[[], Iterable[Problem]], **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self._check = check

    def runtest(self) -> None:
        """Check the contract.

        Raises:
            ContractError: It is broken.
        """
        from trimtab.contracts.problem import Problem
        from trimtab.errors import TrimtabError

        try:
            problems = list(self._check())
        except TrimtabError as err:
            problems = [Problem.from_error(err)]
        if problems:
            raise ContractError("\n\n".join(map(str, problems)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: None = None) -> str:
        """Return the problems; a stack trace only for an error of the contract itself."""
        if isinstance(excinfo.value, ContractError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return file and name of the contract, for the heading of a failure."""
        return self.path, None, f"{self.path.relative_to(self.config.rootpath).as_posix()}: {self.name}"


class ContractError(Exception):
    """A contract is broken; the message has the problems."""


def _bind(check: Callable[..., Iterable[Problem]], pipeline: object) -> Callable[[], Iterable[Problem]]:
    return lambda: check(pipeline)


def _may_hold_dag(file: Path) -> bool:
    """Whether Airflow would look for a DAG in a file: its safe mode skips the others."""
    text = file.read_bytes().lower()
    return b"dag" in text and b"airflow" in text
