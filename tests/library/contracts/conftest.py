"""A small pipeline that keeps every contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.library.conftest import Checkout
from trimtab.contracts.checked_project import CheckedProject

FILES = {
    ".gitignore": "/rows.csv\n/report\n/model.txt\n/verdict\n",
    "dvc.yaml": """\
stages:
  ingest:
    cmd: python ingest.py > rows.csv
    deps: [ingest.py]
    params: [ingest]
    outs: [rows.csv]
  validate:
    cmd: python validate.py
    deps: [validate.py, rows.csv]
    outs: [report]
    meta: {trimtab: {gate: data}}
  train:
    cmd: python train.py
    deps: [train.py, features.py, rows.csv, report]
    params: [train]
    outs: [model.txt]
  judge:
    cmd: python judge.py
    deps: [judge.py, model.txt]
    outs: [verdict]
    meta: {trimtab: {gate: model}}
artifacts:
  demand: {path: model.txt, type: model}
""",
    "params.yaml": "ingest:\n  rows: 3  # lines, at least 1\ntrain:\n  depth: 2  # levels, at least 1\n",
    "ingest.py": "import json\n",
    "validate.py": "import json\n",
    "train.py": "from features import make\n",
    "features.py": "def make(): ...\n",
    "judge.py": "import json\n",
}


@pytest.fixture
def pipeline(project: Callable[..., Checkout]) -> Callable[..., CheckedProject]:
    """Make a pipeline that keeps the contracts, but for changed or added files; at the top, or below it."""

    def make(changed: Mapping[str, str] | None = None, *, below: str = ".") -> CheckedProject:
        checkout = project({**FILES, **(changed or {})}, below=below)
        root = checkout.root.resolve()
        return CheckedProject(root if below == "." else root.parents[1], root)

    return make
