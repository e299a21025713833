"""A gate's process waits for Great Expectations once, and only for what it uses of it."""

from __future__ import annotations

import subprocess
import sys


def test_rarely_used_modules_of_great_expectations_are_imported_at_first_use():
    script = """
import gc, sys
from trimtab.gates.data.lazy_import import import_great_expectations
import_great_expectations()
import_great_expectations()
print("great_expectations.expectations.core" in sys.modules, gc.isenabled())
print([name for name in ("altair.vegalite", "scipy.stats._stats_py") if name in sys.modules])
import altair
from scipy import stats
print(stats.norm.cdf(0), altair.Chart.__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["True True", "[]", "0.5 Chart"]
