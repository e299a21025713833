from __future__ import annotations

import json
import re

from tests.library.monitoring.watched import watched
from trimtab.monitoring import make_dashboard
from trimtab.monitoring.prometheus_names import metric_name
from trimtab.telemetry import instruments


def panels(**options):
    return {panel["title"]: panel for panel in make_dashboard(watched(**options))["panels"]}


def steps(panel):
    return panel["fieldConfig"]["defaults"]["thresholds"]["steps"]


def test_dashboard_is_json_with_a_place_for_each_panel():
    made = json.loads(json.dumps(make_dashboard(watched())))
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in made["panels"]]
    assert len({*places}) == len(places) == len({panel["id"] for panel in made["panels"]})
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in made["panels"])


def test_bounds_of_the_policies_are_drawn():
    found = panels()
    assert steps(found["Drift: max_score_psi"])[1] == {"color": "red", "value": 0.5}
    assert len(steps(found["Drift: max_metric_drop"])) == 1  # relative: the bound is the second curve
    assert "trimtab_drift_bound" in found["Drift: max_metric_drop"]["targets"][1]["expr"]
    assert [step["color"] for step in steps(found["Champion: roc_auc"])] == ["red", "green"]
    assert [step["color"] for step in steps(panels(more_is_better=False)["Champion: roc_auc"])] == [
        "green",
        "red",
    ]


def test_panels_show_metrics_that_exist_and_all_but_the_time_of_verification():
    text = json.dumps(make_dashboard(watched()))
    shown = {re.sub(r"_(count|bucket|sum)$", "", name) for name in re.findall(r"trimtab_[a-z_]+(?=\{)", text)}
    known = {metric_name(each) for each in instruments.INSTRUMENTS}
    assert known - shown == {metric_name(instruments.REGISTRY_VERIFIED)}
    assert shown <= known
