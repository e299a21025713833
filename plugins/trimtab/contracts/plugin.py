"""The pytest plugin: contracts as tests, one for each contract and pipeline, and one for each DAG file.

``trimtab_contracts = true`` in the configuration of pytest switches it on. A run of pytest without paths then
checks every contract. ``pytest pipelines/demand/dvc.yaml`` checks those of one pipeline.

This module is imported by each run of pytest, so it imports nothing else of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trimtab.contracts.checked_project import CheckedProject
    from trimtab.contracts.pipeline_contracts import Contract
    from trimtab.contracts.problem import Problem

OPTION = "trimtab_contracts"
MARKER = "contract"
DAGS = "dags"
PIPELINE_FILE = "dvc.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting that switches the contracts on, and the option that leaves all else out."""
    parser.addini(
        OPTION,
        "check the contracts of Trimtab for each pipeline and each DAG file",
        type="bool",
        default=False,
    )
    parser.getgroup("trimtab").addoption(
        "--contracts", action="store_true", help="check the contracts of Trimtab only"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the files that have contracts to ``testpaths``, unless the caller has named paths.

    Raises:
        UsageError: The option is given, and the setting is not.
    """
    config.addinivalue_line("markers", f"{MARKER}: a contract of Trimtab, not a test of the project")
    only = config.getoption("--contracts")
    if not config.getini(OPTION):
        if only:
            raise pytest.UsageError(f"--contracts needs `{OPTION} = true` in the configuration of pytest")
        return
    config.pluginmanager.register(ContractCollection(), "trimtab-contracts-collection")
    if only:
        config.args[:] = _files(config)
    elif config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.args[:0] = _files(config)


def _files(config: pytest.Config) -> list[str]:
    """Return what has contracts: the configuration for the repository, each pipeline, and the DAG files."""
    from trimtab.contracts.checked_project import find_projects

    top = config.rootpath
    dags = [top / DAGS] if (top / DAGS).is_dir() else []
    pipelines = [pipeline.root / PIPELINE_FILE for pipeline in find_projects(top)]
    return [str(path) for path in (config.inipath, *pipelines, *dags) if path]


class ContractCollection:
    """Collects the contracts of a project."""

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect the contracts of the repository, of a pipeline from its ``dvc.yaml``, and of a DAG file."""
        config = parent.config
        if file_path == config.inipath:
            return RepositoryFile.from_parent(parent, path=file_path)
        if file_path.name == PIPELINE_FILE and (file_path.parent / ".dvc").is_dir():
            return PipelineFile.from_parent(parent, path=file_path)
        in_dags = file_path.suffix == ".py" and file_path.is_relative_to(config.rootpath / DAGS)
        if in_dags and _may_hold_dag(file_path):
            return DagFile.from_parent(parent, path=file_path)
        return None


class RepositoryFile(pytest.File):
    """The configuration of pytest, which stands for the whole repository."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the contracts of the repository, that is of its top."""
        from trimtab.contracts.checked_project import CheckedProject
        from trimtab.contracts.pipeline_contracts import REPOSITORY_CONTRACTS

        yield from _items(
            self, REPOSITORY_CONTRACTS, CheckedProject(self.config.rootpath, self.config.rootpath)
        )


class PipelineFile(pytest.File):
    """A ``dvc.yaml`` at the root of a DVC project."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the contracts of the pipeline."""
        from trimtab.contracts.checked_project import CheckedProject
        from trimtab.contracts.pipeline_contracts import PIPELINE_CONTRACTS, REPOSITORY_CONTRACTS

        pipeline = CheckedProject(self.config.rootpath, self.path.parent)
        contracts = PIPELINE_CONTRACTS | ({} if pipeline.is_at_top else REPOSITORY_CONTRACTS)
        yield from _items(self, contracts, pipeline)


class DagFile(pytest.File):
    """A Python file of ``dags/`` that may define a DAG."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the contract of the file."""
        from trimtab.contracts.dag_conventions import check_dag_file

        check = partial(check_dag_file, self.config.rootpath, self.path)
        yield ContractItem.from_parent(self, name="conventions_of_a_dag", check=check)


def _items(
    parent: pytest.File, contracts: Mapping[str, Contract], pipeline: CheckedProject
) -> Iterator[pytest.Item]:
    for name, check in contracts.items():
        yield ContractItem.from_parent(parent, name=name, check=partial(check, pipeline))


class ContractItem(pytest.Item):
    """A contract, as a test."""

    def __init__(self, *, check: Callable[[], Iterable[Problem]], **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self._check = check
        self.add_marker(MARKER)

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

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Return the problems; a stack trace only for an error of the contract itself."""
        if isinstance(excinfo.value, ContractError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return file and name of the contract, for the heading of a failure."""
        return self.path, None, f"{self.path.relative_to(self.config.rootpath).as_posix()}: {self.name}"


class ContractError(Exception):
    """A contract is broken; the message has the problems."""


def _may_hold_dag(file: Path) -> bool:
    """Whether Airflow would look for a DAG in a file: its safe mode skips the others."""
    text = file.read_bytes().lower()
    return b"dag" in text and b"airflow" in text
