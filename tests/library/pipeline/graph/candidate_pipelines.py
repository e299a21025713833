"""Pipelines with several candidates, as graphs."""

from __future__ import annotations

from collections.abc import Sequence

from trimtab.pipeline.graph import Artifact, Graph, Output, Stage

ROLLING = Artifact("rolling", "m/rolling/model", "model", meta={"candidate": "rolling"})
PROFILE = Artifact("rolling-ref", "m/rolling/ref", "drift-reference", meta={"candidate": "rolling"})
MODEL = Artifact(
    "flights", "m/all/model", "model", "Late?", meta={"trusted_types": ["a.B"], "data_until": "x"}
)
SHARED = (
    Artifact("example", "m/all/example", "input-example"),
    Artifact("test", "test", "test-window", meta={"label": "late"}),
    Artifact("ref", "m/all/ref", "drift-reference"),
    Artifact("history", "m/all/history", "training-history"),
)


def stage(name: str, deps: Sequence[str], outs: Sequence[str], gate: str | None = None) -> Stage:
    meta = {"trimtab": {"gate": gate}} if gate else {}
    return Stage(name, ("true",), deps=tuple(deps), outs=tuple(map(Output, outs)), meta=meta)


def of(item: str) -> list[Stage]:
    """The stages of a candidate, as `foreach` makes them."""
    return [
        stage(f"train@{item}", ["split"], [f"m/{item}/model", f"m/{item}/example", f"m/{item}/history"]),
        stage(f"evaluate@{item}", [f"m/{item}/model", "test"], [f"m/{item}/ref", f"r/{item}"]),
        stage(f"validate@{item}", [f"m/{item}/model", f"r/{item}", "baseline"], [f"v/{item}"], "model"),
    ]


def pipeline(*more: Stage, artifacts: Sequence[Artifact] = (MODEL, *SHARED, ROLLING, PROFILE)) -> Graph:
    """Two models, ``all`` and ``rolling``, downstream of shared stages; ``all`` comes with a baseline."""
    all_, *rest = of("all")
    train = stage(all_.name, all_.deps, [*(out.path for out in all_.outs), "baseline"])
    stages = [
        stage("ingest", [], ["raw"]),
        stage("validate_raw", ["raw"], ["v/raw"], "data"),
        stage("split", ["raw", "v/raw"], ["split", "test"]),
        train,
        *rest,
        *of("rolling"),
        *more,
    ]
    made = {out.path: each.name for each in stages for out in each.outs}
    edges = tuple((made[dep], each.name) for each in stages for dep in each.deps if dep in made)
    return Graph(tuple(stages), edges, tuple(artifacts))
