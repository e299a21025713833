"""A project with every kind of field that a dvc.yaml may have."""

from __future__ import annotations

RICH = {
    "dvc.yaml": """\
vars:
  - letters: {x: small, y: large}
  - sizes.yaml:sizes
stages:
  get:
    desc: Get ${name}.
    cmd: echo ${name} > raw.txt
    params: [name, {sizes.yaml: [sizes]}]
    outs:
      - raw.txt
      - index: {cache: false}
  each:
    foreach: ${letters}
    do:
      cmd: cp raw.txt ${key}-${item}.txt
      deps: [raw.txt]
      outs: ["${key}-${item}.txt"]
  grid:
    matrix:
      letter: [x, y]
      size: ${sizes}
    cmd: ["test -d index", "touch ${item.letter}${item.size}.out"]
    deps: [index/a]
    outs: ["${item.letter}${item.size}.out"]
  draw:
    cmd: ./draw.sh
    deps: [draw.sh, raw.txt]
    metrics:
      - m.json: {cache: false}
    plots:
      - curves
    outs: [tables, models]
    frozen: true
    always_changed: true
    meta: {trimtab: {gate: model}, owner: me, since: 2013-01-01}
plots:
  - Loss:
      x: step
      y: {tables/one.csv: loss}
  - elsewhere.csv
metrics: [m.json]
params: [sizes.yaml]
artifacts:
  flights: {path: models/m.bin, type: model, desc: "A ${name}.", labels: [late], meta: {a: 1}}
""",
    "params.yaml": "name: flights\n",
    "sizes.yaml": "sizes: [1, 2]\nother: 3\n",
    "report/dvc.yaml": """\
stages:
  merge:
    wdir: ..
    cmd: cat x-small.txt > report/all.txt
    deps: [x-small.txt, models]
    params: [{report/params.yaml: null}]
    outs: [report/all.txt]
artifacts:
  all: {path: all.txt}
""",
    "report/params.yaml": "k: 1\n",
}
