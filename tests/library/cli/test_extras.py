"""Commands whose optional dependencies are not installed."""

from __future__ import annotations

import pytest

from trimtab.cli import extras
from trimtab.cli.extras import EXTRA_OF_COMMAND, missing_extra, require_servers
from trimtab.cli.main import COMMAND_MODULES
from trimtab.errors import MissingExtraError


def not_found(module: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named '{module}'", name=module)


@pytest.mark.parametrize(
    ("called", "extra"),
    [
        (["gate", "data"], "gates"),
        (["drift", "check"], "drift"),
        (["drift", "report"], "registry"),
        (["models"], "registry"),
    ],
)
def test_command_without_its_package_says_which_extra_to_install(called, extra):
    error = missing_extra(called, not_found("absent.part"))
    assert isinstance(error, MissingExtraError)
    assert f"needs the extra '{extra}': the package 'absent' is not installed" in str(error)
    assert error.fix == f"pip install 'trimtab[{extra}]'"


@pytest.mark.parametrize("called", [["plan"], ["run", "train"], []])
def test_import_error_of_an_engine_command_names_no_extra(called):
    assert missing_extra(called, not_found("absent")) is None


def test_import_error_of_an_installed_package_names_no_extra():
    assert missing_extra(["gate"], not_found("click.absent")) is None


def test_servers_that_are_not_installed_are_refused(monkeypatch):
    monkeypatch.setattr(extras, "SERVERS", ("absent",))
    with pytest.raises(MissingExtraError, match="`trimtab up` needs the extra 'local'"):
        require_servers("up")


def test_every_command_with_an_extra_exists():
    assert {name.partition(" ")[0] for name in EXTRA_OF_COMMAND} <= set(COMMAND_MODULES)
