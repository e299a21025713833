"""The check of versions."""

from __future__ import annotations

from trimtab.doctor import versions
from trimtab.doctor.versions import check_versions


def test_environment_of_the_tests_holds_the_declared_ranges():
    assert {each.status for each in check_versions()} == {"ok"}


def test_package_outside_of_its_range_is_an_error_with_the_command(monkeypatch):
    real = versions.version
    monkeypatch.setattr(versions, "version", lambda name: "2.0" if name == "dvc" else real(name))

    (found,) = [each for each in check_versions() if each.status == "error"]

    assert found.seen.startswith("2.0, supported is ")
    assert found.fix.startswith("pip install 'dvc")


def test_package_that_is_not_installed_is_an_error_unless_an_extra_needs_it(monkeypatch):
    def version(name: str) -> str:
        if name in ("dvc", "mlflow"):
            raise versions.PackageNotFoundError(name)
        return "9999" if name == "click" else real(name)

    real = versions.version
    monkeypatch.setattr(versions, "version", version)

    found = [each for each in check_versions() if each.status == "error"]

    assert [(each.check, each.seen) for each in found] == [("dvc", "it is not installed")]
