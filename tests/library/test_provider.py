"""The provider's metadata, as Airflow reads it before it has started."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points, version

from trimtab.provider import get_provider_info


def test_provider_has_the_version_of_the_installed_package():
    info = get_provider_info()
    assert (info["package-name"], info["versions"]) == ("trimtab", [version("trimtab")])


def test_provider_is_the_one_that_airflow_finds_by_its_entry_point():
    found = [
        entry.load()
        for entry in entry_points(group="apache_airflow_provider")
        if entry.name == "provider_info"
    ]
    assert get_provider_info in found


def test_hook_class_of_each_connection_type_exists():
    for connection in get_provider_info()["connection-types"]:
        module, _, name = connection["hook-class-name"].rpartition(".")
        assert getattr(import_module(module), name).conn_type == connection["connection-type"]


def test_provider_is_imported_without_airflow():
    code = "import sys, trimtab.provider; print('airflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
