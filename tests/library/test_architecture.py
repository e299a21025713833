"""The architecture page, the import contracts, the packages that exist, and the test file of each module."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "plugins" / "trimtab"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
TABLE = {
    name: set(re.findall(r"`([\w.]+)`", imports))
    for name, imports in re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.M)
}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
# Packages of the library in which each module has its own test file.
MIRRORED = ("",)


def short(names: Iterable[str]) -> list[str]:
    return [name.removeprefix("trimtab.") for name in names]


def contracts(kind: str) -> list[dict[str, Any]]:
    return [contract for contract in CONTRACTS if contract["type"] == kind]


def sub_packages(package: str) -> set[str]:
    return {f"{package}.{file.parent.name}" for file in (LIBRARY / package).glob("*/__init__.py")}


def existing_packages() -> set[str]:
    """The packages of the library, and the sub-packages of those that a contract is about."""
    found = {file.parent.name for file in LIBRARY.glob("*/__init__.py")}
    ordered = {
        name.partition(".")[0]
        for contract in [*contracts("layers"), *contracts("independence")]
        for layer in contract.get("layers", contract.get("modules"))
        for name in short(re.split(r" *\| *", layer))
        if "." in name
    }
    return found.union(*(sub_packages(package) for package in ordered))


def allowed_by_contracts(package: str) -> set[str]:
    """The packages beside a package, without those that a contract forbids it to import."""
    parent = package.rpartition(".")[0]
    allowed = (
        sub_packages(parent) if parent else {name for name in existing_packages() if "." not in name}
    ) - {package}
    for contract in contracts("layers"):
        layers = [short(re.split(r" *\| *", layer)) for layer in contract["layers"]]
        for place, layer in enumerate(layers):
            if package in layer:
                allowed -= {name for higher in layers[: place + 1] for name in higher}
    for contract in contracts("independence"):
        if package in short(contract["modules"]):
            allowed -= set(short(contract["modules"]))
    for contract in contracts("forbidden"):
        if package in short(contract["source_modules"]):
            allowed -= set(short(contract["forbidden_modules"]))
    return {name.rpartition(".")[2] for name in allowed}


def test_every_existing_package_is_in_the_table_and_the_other_way_round() -> None:
    assert set(TABLE) == existing_packages()


@pytest.mark.parametrize("package", sorted(existing_packages()))
def test_table_allows_what_the_import_contracts_allow(package: str) -> None:
    assert TABLE[package] == allowed_by_contracts(package)


def test_core_flow_has_six_numbered_lines() -> None:
    flow = PAGE.partition("## Core flow")[2].partition("## Packages")[0]
    assert [line[0] for line in flow.splitlines() if line] == list("123456")


def modules_to_test(package: str) -> list[Path]:
    """The modules of a package that have a function to test, relative to the library."""
    files = [file for file in (LIBRARY / package).rglob("*.py") if "example_dags" not in file.parts]
    return [file.relative_to(LIBRARY) for file in sorted(files) if not is_dunder(file) and has_function(file)]


def is_dunder(file: Path) -> bool:
    return file.stem.startswith("__")


def has_function(file: Path) -> bool:
    """Whether a module has a function or a method with more than a docstring."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(not isinstance(line, ast.Expr | ast.Pass) or has_call(line) for line in node.body)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    )


def has_call(statement: ast.stmt) -> bool:
    """Whether a statement does something: neither a docstring nor ``...``."""
    return isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize("package", MIRRORED)
def test_each_module_has_its_test_file_in_the_same_folder_of_the_tests(package: str) -> None:
    modules = modules_to_test(package)
    tests = {module: ROOT / "tests" / "library" / module.parent / f"test_{module.name}" for module in modules}

    assert modules
    assert [str(module) for module, test in tests.items() if not test.is_file()] == []
