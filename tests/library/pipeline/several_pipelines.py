"""A repository with two pipelines, `pipelines/a` and `pipelines/b`, each a DVC project of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from dvc.repo import Repo

from tests.library.conftest import Checkout

# Both pipelines have the same stages, outputs and file names. Stage code imports the module beside it.
FILES: Mapping[str, str] = {
    ".gitignore": "__pycache__\n",
    "params.yaml": "train:\n  depth: {depth}  # levels, at least 1\n",
    "helper.py": 'def model(depth):\n    return f"{name} {{depth}}"\n',
    "train.py": "import sys\n\nimport helper\n\nopen('model.txt', 'w').write(helper.model(sys.argv[1]))\n",
    "dvc.yaml": """\
stages:
  train:
    cmd: python train.py ${{train.depth}}
    deps: [helper.py, train.py]
    params: [train.depth]
    outs: [model.txt]
  evaluate:
    cmd: wc -c < model.txt > size.txt
    deps: [model.txt]
    outs: [size.txt]
artifacts:
  model-{name}: {{path: model.txt, type: model}}
""",
}


def pipeline_files(name: str, depth: int) -> dict[str, str]:
    """Return the files of a pipeline."""
    return {path: text.format(name=name, depth=depth) for path, text in FILES.items()}


def add_pipeline(other: Checkout, name: str, files: Mapping[str, str]) -> Checkout:
    """Add a pipeline to the repository of another one, and commit."""
    added = Checkout(other.root.parent / name)
    added.root.mkdir()
    with contextlib.chdir(added.root):
        Repo.init(str(added.root), subdir=True).close()
    added.write(files)
    added.commit(f"The pipeline {name}")
    return added
