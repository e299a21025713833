import pytest

from trimtab.drift import DriftPolicy, PastWindow, decide, measure
from trimtab.drift.report.charts import (
    lay_out_feature,
    lay_out_predictions,
    round_step,
)
from trimtab.drift.report.report import write_report


def past(window, **more):
    return PastWindow(
        window=window, champion="1", decision=more.pop("decision", "none"), metric="roc_auc", **more
    )


@pytest.mark.parametrize("name", ["carrier", "precip", "temp"])
def test_feature_chart_has_a_step_per_group_and_one_for_missing_values(same_world, name):
    steps = [title for _, _, title in lay_out_feature(name, same_world).steps]
    assert steps[-1].startswith("missing: ")
    assert len(steps) == len(same_world.reference.features[name].group_starts())


def test_page_shows_earlier_windows_and_outcomes_of_retrains(draw, reference, tmp_path):
    history = [
        past(month, decision="retrain", outcome="refused", figure=0.7, estimate=0.71)
        for month in ("2013-03", "2013-04")
    ]
    verdict = decide(measure(reference, *draw(seed=2, skill=0.3)), DriftPolicy(), history, champion="1")

    write_report(verdict, tmp_path, window="2013-05")

    page = (tmp_path / "report.html").read_text()
    assert verdict.decision == "investigate"
    assert all(
        text in page for text in ("Performance over time", "2013-04", "refused", "gave no better model")
    )


@pytest.mark.parametrize(("name", "labels"), [("reference", "50 %"), ("numbers", "200"), ("classes", "20 %")])
def test_chart_of_predictions_has_ticks_in_their_own_unit(request, name, labels):
    reference = request.getfixturevalue(name)
    draw = request.getfixturevalue({"reference": "draw"}.get(name, f"draw_{name}"))
    measured = measure(reference, *draw(seed=2)).predictions
    column = measured.columns[0]
    before = reference.predictions.columns[column.name].histogram
    chart = lay_out_predictions(before, column.histogram, column, measured.problem)
    ticks = [label for _, label in chart.ticks]
    assert labels in ticks
    assert len(ticks) <= 11
    assert all(0 <= position <= chart.width for position, _ in chart.ticks)


@pytest.mark.parametrize(("span", "step"), [(1.0, 0.1), (0.93, 0.1), (340.0, 50.0), (1e-6, 1e-7), (1.1, 0.2)])
def test_step_is_round_and_not_more_than_ten_fit(span, step):
    assert round_step(span, 10) == pytest.approx(step)


@pytest.mark.parametrize("figure", [0.0, 1e-6, 12.0, 3e7])
def test_performance_plot_of_any_scale_is_drawn(draw, reference, tmp_path, figure):
    history = [past("2013-04", figure=figure, estimate=figure)]
    write_report(decide(measure(reference, *draw(seed=2)), DriftPolicy(), history, champion="1"), tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "Performance over time" in page
    assert "nan" not in page.lower()


def test_performance_plot_joins_no_two_champions(draw, reference, tmp_path):
    history = [past("2013-03", figure=0.7), past("2013-04", figure=0.71)]
    verdict = decide(measure(reference, *draw(seed=2)), DriftPolicy(), history, champion="2")

    write_report(verdict, tmp_path, window="2013-05", champion="flights version 2")

    page = (tmp_path / "report.html").read_text()
    plot = page[page.index("Performance over time") :].partition("<h2>Rules")[0]
    assert ">version 1<" in plot
    assert ">version 2<" in plot
    assert plot.count("<path") == 1, "the line of version 1 alone: version 2 has one window"


def test_performance_chart_leaves_out_windows_in_another_metric(numbers, draw_numbers, tmp_path):
    measured = measure(numbers, *draw_numbers(seed=2))
    verdict = decide(measured, DriftPolicy(), [past("2013-04", figure=0.7)], champion="1")
    write_report(verdict, tmp_path, window="2013-05")
    assert "Performance over time" not in (tmp_path / "report.html").read_text()
