"""The commands `trimtab drift`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trimtab.cli.drift import drift


@pytest.mark.parametrize("module", ["trimtab.cli.registry", "trimtab.cli.drift_replay"])
def test_import_of_a_command_module_declares_no_command_of_drift(module):
    script = f"import sys, {module}; print('trimtab.cli.drift' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_drift_group_has_all_commands_after_one_import():
    assert set(drift.commands) == {"check", "reference", "replay", "report"}


def test_drift_commands_are_imported_without_numpy():
    script = "import sys, trimtab.cli.drift; print(sorted({'numpy', 'scipy', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
