"""The cluster needs packages that ``make cluster`` installs; without them its test is not collected."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("supervisor") else ["test_cluster.py"]
