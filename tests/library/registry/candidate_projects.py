"""A project with three candidates, made of the project of these tests: `flights`, `rolling` and `recent`."""

from __future__ import annotations

import json
import shutil

from sklearn.base import ClassifierMixin

from tests.library.registry.fixtures import Made, dumped
from trimtab.pipeline.graph.project import Project

STAGES = """
  train:
    foreach: [rolling, recent]
    do:
      cmd: mkdir -p models && cp made/${item}.skops models/
      deps: ["made/${item}.skops", reports/validate_raw]
      outs: ["models/${item}.skops"]
  profile:
    foreach: [rolling, recent]
    do:
      cmd: cp made/${item}.json models/
      deps: ["models/${item}.skops", "made/${item}.json"]
      outs: ["models/${item}.json"]
  validate:
    foreach: [rolling, recent]
    do:
      cmd: cp -r made/validate_${item} reports/
      deps: ["made/validate_${item}", "models/${item}.skops"]
      outs: ["reports/validate_${item}"]
      meta: {trimtab: {gate: model}}
artifacts:
"""
ARTIFACTS = """\
  {0}: {{path: models/{0}.skops, type: model, desc: Learnt from {0} data, meta: {{candidate: {0}}}}}
  {0}-reference: {{path: models/{0}.json, type: drift-reference, meta: {{candidate: {0}}}}}
"""


def with_candidates(project: Made, rolling: ClassifierMixin, recent: ClassifierMixin) -> Made:
    """Declare two candidates beside the model of a project, and run its pipeline."""
    pipeline, made = project.root / "dvc.yaml", project.root / "made"
    text = pipeline.read_text().replace("  train:\n", "  train_model:\n").replace("\nartifacts:\n", STAGES)
    for name, model in (("rolling", rolling), ("recent", recent)):
        text += ARTIFACTS.format(name)
        (made / f"{name}.skops").write_bytes(dumped(model))
        shutil.copy(made / "reference.json", made / f"{name}.json")
        shutil.copytree(made / "validate_model", made / f"validate_{name}")
        report = made / f"validate_{name}" / "report.html"
        report.write_text(f"<h1>{name}: pass</h1>")
    pipeline.write_text(text)
    (project.root / "dvc.lock").unlink()  # it has an entry of the stage that was renamed
    found = Made(project.root, Project(project.root).graph())
    found.repro()
    return found


def fail_gate(project: Made, gate: str) -> None:
    """Turn the report of a candidate's gate into a failure, as a run of DVC would leave it."""
    path = project.root / "made" / gate / "report.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "verdict": "fail"}))
    project.repro()
