"""Public names that are imported when they are first used."""

from __future__ import annotations

from importlib import import_module

import pytest

from trimtab.lazy_names import lazy_names


def test_name_is_the_one_of_its_module():
    get = lazy_names("trimtab", {"errors": ["TrimtabError"]})
    assert get("TrimtabError") is import_module("trimtab.errors").TrimtabError


def test_unknown_name_is_an_attribute_error_that_names_the_package():
    get = lazy_names("trimtab", {"errors": ["TrimtabError"]})
    with pytest.raises(AttributeError, match="module 'trimtab' has no attribute 'Other'"):
        get("Other")


@pytest.mark.parametrize("package", ["trimtab.airflow", "trimtab.drift"])
def test_every_public_name_of_a_lazy_package_exists(package):
    module = import_module(package)
    assert all(hasattr(module, name) for name in module.__all__)
