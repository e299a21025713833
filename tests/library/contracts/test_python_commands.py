"""The Python files that shell commands run."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.contracts.python_commands import python_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("train.py", "code/train.py", "package/__init__.py", "package/__main__.py", "package/fit.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "file", "imports_from"),
    [
        ("python train.py --out model", "train.py", "."),
        ("/usr/bin/python3.11 -u code/train.py", "code/train.py", "code"),
        ("python -m package.fit --out x", "package/fit.py", "."),
        ("python -m package", "package/__main__.py", "."),
        ("mkdir -p out && THREADS=1 python -W ignore train.py > out/log", "train.py", "."),
        ("nice -n 5 python train.py", "train.py", "."),
        ("test -f 'a b' || python train.py; echo done", "train.py", "."),
        ("cd . &&\npython train.py", "train.py", "."),
    ],
)
def test_script_and_module_of_a_command_are_found(folder: Path, command: str, file: str, imports_from: str):
    assert list(python_files(command, folder)) == [(folder / file, folder / imports_from)]


@pytest.mark.parametrize(
    "command",
    [
        "trimtab gate data --suite suite.yaml",
        "python -c 'import train'",
        "python -m json.tool file.json",
        "python absent.py",
        "python $SCRIPT",
        "echo 'an open quote",
        "python",
    ],
)
def test_command_without_a_python_file_of_the_project_has_none(folder: Path, command: str):
    assert list(python_files(command, folder)) == []


def test_each_command_of_a_chain_is_searched(folder: Path):
    found = [file for file, _ in python_files("python train.py && python code/train.py", folder)]
    assert found == [folder / "train.py", folder / "code/train.py"]
