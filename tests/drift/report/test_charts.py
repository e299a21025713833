import pytest

from trimtab.drift import DriftPolicy, PastWindow, decide, measure
from trimtab.drift.report.charts import lay_out_feature, lay_out_performance
from trimtab.drift.report.report import write_report


def past(window, **more):
    return PastWindow(window=window, champion="1", decision=more.pop("decision", "none"), **more)


def test_performance_chart_shows_only_the_estimate_without_labels():
    history = [past("2013-05", roc_auc=0.7, estimated_auc=0.72)]
    chart = lay_out_performance(history, past("2013-06", estimated_auc=0.69), reference=0.71)
    assert (len(chart.true), len(chart.estimated)) == (1, 2)


def test_performance_chart_of_one_window_is_drawn():
    assert lay_out_performance([], past("2013-06", roc_auc=0.7), reference=0.7).true


@pytest.mark.parametrize("name", ["carrier", "precip", "temp"])
def test_feature_chart_has_a_step_per_group_and_one_for_missing_values(same_world, name):
    steps = [title for _, _, title in lay_out_feature(name, same_world).steps]
    assert steps[-1].startswith("missing: ")
    assert len(steps) == len(same_world.reference.features[name].group_starts())


def test_page_shows_earlier_windows_and_outcomes_of_retrains(draw, reference, tmp_path):
    history = [past("2013-04", decision="retrain", outcome="refused", roc_auc=0.7, estimated_auc=0.71)]
    verdict = decide(measure(reference, *draw(seed=2, skill=0.3)), DriftPolicy(), history, champion="1")

    write_report(verdict, tmp_path, window="2013-05")

    page = (tmp_path / "report.html").read_text()
    assert verdict.decision == "investigate"
    assert all(
        text in page for text in ("Performance over time", "2013-04", "refused", "gave no better model")
    )
