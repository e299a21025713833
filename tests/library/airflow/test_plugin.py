"""The Airflow plugin."""

from __future__ import annotations

import subprocess
import sys


def test_plugin_imports_no_web_server():
    code = "import trimtab.airflow.plugin, sys; print([m for m in ('fastapi', 'dvc') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_plugin_imports_no_operator_of_the_registry_in_every_task():
    code = "import sys, trimtab.airflow.plugin; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name for name in found.split() if name.startswith("trimtab.airflow.operators.")}
    assert loaded.isdisjoint(
        f"trimtab.airflow.operators.{name}" for name in ("drift", "scoring", "promotion")
    )
