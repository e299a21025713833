from xml.etree import ElementTree

import pytest

from trimtab.drift import PastWindow, decide, measure
from trimtab.drift.policy.verdict import DriftPolicy
from trimtab.drift.report.charts import draw_lines, feature_chart, performance_chart
from trimtab.drift.report.report import write_report

SVG = "{http://www.w3.org/2000/svg}"


def past(window, **more):
    return PastWindow(window=window, champion="1", decision=more.pop("decision", "none"), **more)


def test_each_policy_is_a_line_and_each_promotion_a_ring():
    line = {"2013-04": 0.71, "2013-05": 0.73, "2013-06": 0.69}
    root = ElementTree.fromstring(
        draw_lines({"frozen": (line, []), "declared": (line, ["2013-05", "2013-06"])})
    )
    assert len(root.findall(f"{SVG}path")) == len(root.findall(f"{SVG}path[@stroke]")) == 2
    assert len(root.findall(f"{SVG}circle")) == 2


def test_a_window_without_outcomes_has_an_estimate_and_no_truth():
    history = [past("2013-05", roc_auc=0.7, estimated_auc=0.72)]
    chart = performance_chart(history, past("2013-06", estimated_auc=0.69), reference=0.71)
    assert (len(chart["truth"]), len(chart["estimate"])) == (1, 2)


def test_one_window_alone_can_be_drawn():
    assert performance_chart([], past("2013-06", roc_auc=0.7), reference=0.7)["truth"]


@pytest.mark.parametrize("name", ["carrier", "precip", "temp"])
def test_a_feature_has_a_step_per_group_and_one_for_what_is_missing(same_world, name):
    steps = [title for _, _, title in feature_chart(name, same_world)["steps"]]
    assert steps[-1].startswith("missing: ")
    assert len(steps) == len(same_world.reference.features[name].groups())


def test_the_page_shows_what_came_before_and_what_became_of_it(draw, reference, tmp_path):
    history = [past("2013-04", decision="retrain", outcome="refused", roc_auc=0.7, estimated_auc=0.71)]
    verdict = decide(measure(reference, *draw(seed=2, skill=0.3)), DriftPolicy(), history, champion="1")

    write_report(verdict, tmp_path, window="2013-05")

    page = (tmp_path / "report.html").read_text()
    assert verdict.decision == "investigate"
    assert all(
        text in page for text in ("Performance over time", "2013-04", "refused", "gave no better model")
    )
