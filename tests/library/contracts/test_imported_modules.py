"""Imports, read from the text of files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from trimtab.contracts.imported_modules import find_imports
from trimtab.errors import ConfigError


def imports_of(folder: Path, files: Mapping[str, str], first: str = "train.py") -> set[str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return {file.relative_to(folder).as_posix() for file in find_imports(folder / first, folder).files}


def test_imports_of_imports_are_found(tmp_path: Path):
    files = {"train.py": "import features", "features.py": "from dates import month", "dates.py": ""}
    assert imports_of(tmp_path, files) == set(files)


def test_modules_that_import_each_other_are_found_once(tmp_path: Path):
    files = {"train.py": "import features", "features.py": "import train"}
    assert imports_of(tmp_path, files) == set(files)


@pytest.mark.parametrize(
    "line",
    [
        "import code.fit",
        "from code import fit",
        "from code.fit import learn",
        "def main():\n    import code.fit",
    ],
)
def test_module_of_a_package_is_found_in_each_form_of_import(tmp_path: Path, line: str):
    assert imports_of(tmp_path, {"train.py": line, "code/fit.py": ""}) == {"train.py", "code/fit.py"}


def test_relative_import_is_found(tmp_path: Path):
    files = {
        "a/b/train.py": "from . import fit\nfrom ..dates import month",
        "a/b/fit.py": "",
        "a/dates.py": "",
    }
    assert imports_of(tmp_path, files, "a/b/train.py") == set(files)


def test_init_of_a_package_counts_if_it_has_code(tmp_path: Path):
    files = {"train.py": "import a.fit, b.fit", "a/__init__.py": "", "a/fit.py": "", "b/__init__.py": "X = 1"}
    assert imports_of(tmp_path, {**files, "b/fit.py": ""}) == {
        "train.py",
        "a/fit.py",
        "b/fit.py",
        "b/__init__.py",
    }


def test_import_for_type_checkers_does_not_count(tmp_path: Path):
    text = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import types_only\nelse:\n    import used\n"
    )
    assert imports_of(tmp_path, {"train.py": text, "types_only.py": "", "used.py": ""}) == {
        "train.py",
        "used.py",
    }


def test_modules_that_are_not_of_the_project_are_named_with_the_file(tmp_path: Path):
    (tmp_path / "train.py").write_text("import features")
    (tmp_path / "features.py").write_text("from airflow.sdk import DAG")
    modules = find_imports(tmp_path / "train.py", tmp_path).modules
    assert modules == dict.fromkeys(["airflow.sdk", "airflow.sdk.DAG"], tmp_path / "features.py")


def test_file_that_is_not_python_is_named(tmp_path: Path):
    (tmp_path / "train.py").write_text("def")
    with pytest.raises(ConfigError, match=r"not valid Python: .*\n.*train\.py"):
        find_imports(tmp_path / "train.py", tmp_path)
