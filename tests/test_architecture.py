"""The architecture page, compared with the import contracts and with the packages that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "plugins" / "trimtab"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
TABLE = {
    name: set(re.findall(r"`([\w.]+)`", imports))
    for name, imports in re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.M)
}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def is_package(name: str) -> bool:
    return (LIBRARY.joinpath(*name.split(".")) / "__init__.py").is_file()


def allowed_by_contracts() -> dict[str, set[str]]:
    """Each package in a contract of layers, and the packages below it that are not forbidden."""
    found: dict[str, set[str]] = {}
    for contract in (contract for contract in CONTRACTS if contract["type"] == "layers"):
        layers = [
            [name.removeprefix("trimtab.") for name in re.split(r" *\| *", one)] for one in contract["layers"]
        ]
        for place, layer in enumerate(layers):
            below = {name for lower in layers[place + 1 :] for name in lower if is_package(name)}
            found |= {name: set(below) for name in layer if is_package(name)}
    for contract in (contract for contract in CONTRACTS if contract["type"] == "forbidden"):
        forbidden = {name.removeprefix("trimtab.") for name in contract["forbidden_modules"]}
        for source in contract["source_modules"]:
            found.get(source.removeprefix("trimtab."), set()).difference_update(forbidden)
    return {name: {one.rpartition(".")[2] for one in imports} for name, imports in found.items()}


def existing_packages() -> set[str]:
    """The packages of the library, and the sub-packages of those that a contract orders."""
    ordered = {name.partition(".")[0] for name in allowed_by_contracts() if "." in name}
    found = {
        file.parent.relative_to(LIBRARY).as_posix().replace("/", ".")
        for file in LIBRARY.glob("*/__init__.py")
    }
    for room in ordered:
        found |= {f"{room}.{file.parent.name}" for file in (LIBRARY / room).glob("*/__init__.py")}
    return found


def test_every_existing_package_is_in_the_table_and_the_other_way_round() -> None:
    assert set(TABLE) == existing_packages()


@pytest.mark.parametrize("package", sorted(existing_packages()))
def test_table_allows_what_the_import_contracts_allow(package: str) -> None:
    assert TABLE[package] == allowed_by_contracts()[package]


def test_core_flow_has_six_numbered_lines() -> None:
    flow = PAGE.partition("## Core flow")[2].partition("## Packages")[0]
    assert [line[0] for line in flow.splitlines() if line] == list("123456")
