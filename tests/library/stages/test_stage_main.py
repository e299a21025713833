"""A stage is called with the paths of its command, and its errors are messages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.stages import run


@pytest.fixture
def command(monkeypatch):
    def set_arguments(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["stage", *arguments])

    return set_arguments


def test_main_is_called_with_the_path_of_each_parameter(command):
    called = []

    def main(raw: Path, input_example: Path) -> None:
        called.append((raw, input_example))

    command("--input-example", "b.parquet", "--raw", "a")
    run(main)

    assert called == [(Path("a"), Path("b.parquet"))]


def test_main_is_not_called_when_a_path_is_missing(command, capsys):
    called = []

    def main(raw: Path) -> None:
        called.append(raw)

    command()
    with pytest.raises(SystemExit) as ended:
        run(main)

    assert ended.value.code == 2
    assert "--raw" in capsys.readouterr().err
    assert called == []


@pytest.mark.parametrize("error", [ConfigError("rows is 0", where="params.yaml"), OSError("no space")])
def test_error_of_main_ends_the_process_with_its_message(command, error):
    def main() -> None:
        raise error

    command()
    with pytest.raises(SystemExit) as ended:
        run(main)

    assert ended.value.code == str(error)


def test_error_that_nobody_expected_is_shown_with_its_traceback(command):
    def main() -> None:
        raise ZeroDivisionError

    command()
    with pytest.raises(ZeroDivisionError):
        run(main)
