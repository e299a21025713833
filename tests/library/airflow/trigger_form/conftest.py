"""A project with params of its stages and of the library, and its form."""

from __future__ import annotations

import pytest

from trimtab.airflow.trigger_form.trigger_form import make_form
from trimtab.pipeline.graph.project import Project

PARAMS = """\
train:
  depth: 3          # levels, 1 or more
  rate: 0.1
  names: [a, b]
  checks: [{metric: auc, min: 0.5}]
split:
  share: 0.2
promote:
  policy: approval  # who has a say
  confidence: 0.9
  slices:
    max_loss: 0.02
drift:
  needed: 2
  rules: [{rule: shop.drift:stock}]
  statistics: [{statistic: shop.drift:far, max: 0.2}]
"""

DVC = """\
stages:
  train:
    cmd: echo ${split.share} > out
    params: [train]
    outs: [out]
"""


@pytest.fixture
def fields(project):
    checkout = project({"dvc.yaml": DVC, "params.yaml": PARAMS})
    graph = Project(checkout.root).graph()
    return make_form(checkout.root, graph, set_params={"train.depth": "{{ ds }}"})
