"""The Airflow plugin."""

from __future__ import annotations

import subprocess
import sys


def test_plugin_imports_no_web_server():
    code = "import trimtab.airflow.plugin, sys; print([m for m in ('fastapi', 'dvc') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
