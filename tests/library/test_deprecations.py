"""A deprecated name works for two minor versions, with a warning that says what to write instead."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path

import pytest

from trimtab import deprecations
from trimtab.deprecations import Deprecation, find_renamed, read_deprecations, rename_params
from trimtab.params_sections import SECTIONS

PYTHON = read_deprecations().python.values()
PARAMS = read_deprecations().params.values()


@pytest.fixture(autouse=True)
def warned_of_nothing() -> None:
    deprecations._warn.cache_clear()


def test_name_is_refused_two_minor_versions_after_it_was_deprecated(monkeypatch: pytest.MonkeyPatch) -> None:
    deprecation = Deprecation("a.old", "a.new", "0.9")
    assert deprecation.removed_in == "0.11"
    for version, removed in [("0.10.3", False), ("0.11.0", True), ("1.0.0", True)]:
        monkeypatch.setattr(deprecations, "__version__", version)
        assert deprecation.is_removed is removed


@pytest.mark.parametrize("deprecation", PARAMS, ids=lambda deprecation: deprecation.old)
def test_new_key_is_one_of_the_same_section_and_the_old_one_is_none(deprecation: Deprecation) -> None:
    section, _, old = deprecation.old.partition(".")
    new_section, _, new = deprecation.new.partition(".")
    assert section == new_section
    assert (old in SECTIONS[section].model_fields, new in SECTIONS[section].model_fields) == (False, True)


@pytest.mark.parametrize("deprecation", PYTHON, ids=lambda deprecation: deprecation.old)
def test_old_python_name_gives_the_object_of_the_new_one_in_the_same_package(
    deprecation: Deprecation, caplog: pytest.LogCaptureFixture
) -> None:
    package, _, old = deprecation.old.rpartition(".")
    new_package, _, new = deprecation.new.rpartition(".")
    assert package == new_package
    assert getattr(import_module(package), old) is getattr(import_module(package), new)
    assert f"write '{deprecation.new}'" in caplog.text


def test_unknown_name_of_a_package_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Verdikt'"):
        import_module("trimtab.drift").Verdikt  # noqa: B018


def test_deprecated_key_is_read_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    values = {"max_auc_drop": 0.1, "min_rows": 5}

    read = [rename_params("drift", values, {"max_metric_drop", "min_rows"}) for _ in range(2)]

    assert read == [{"max_metric_drop": 0.1, "min_rows": 5}] * 2
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert caplog.messages == [
        "'drift.max_auc_drop' is deprecated since 0.2, and 0.4 refuses it: write 'drift.max_metric_drop'; "
        "`trimtab update` rewrites it"
    ]


def test_deprecated_key_beside_the_new_one_is_refused() -> None:
    with pytest.raises(ValueError, match="remove 'max_auc_drop'"):
        rename_params("drift", {"max_auc_drop": 0.1, "max_metric_drop": 0.1}, {"max_metric_drop"})


def test_removed_key_is_refused_with_the_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deprecations, "__version__", "0.4.0")
    with pytest.raises(ValueError, match="'max_auc_drop' is now 'max_metric_drop'"):
        rename_params("drift", {"max_auc_drop": 0.1}, {"max_metric_drop"})


def test_removed_python_name_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deprecations, "__version__", "0.4.0")
    assert find_renamed("trimtab.drift.Verdict") is None


def test_key_that_is_not_deprecated_stays_for_the_section_to_refuse() -> None:
    assert rename_params("drift", {"max_drop": 1}, {"max_metric_drop"}) == {"max_drop": 1}


def test_list_of_another_version_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("params: {'1.0': {a.b: a.c}}\npython: {}\n")
    assert read_deprecations(tmp_path / "list.yaml").params == {"a.b": Deprecation("a.b", "a.c", "1.0")}
