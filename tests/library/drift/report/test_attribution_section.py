"""The section on what the predictions depend on."""

from __future__ import annotations

import dataclasses
import re

import pytest

from tests.library.drift.known_models import FEATURES, MODELS, draw_rows
from trimtab.drift import DriftPolicy, decide, measure, write_report
from trimtab.drift.measurement import AttributionShift, ComparedValue, NoisyValue
from trimtab.drift.report.attribution_section import SHOWN, lay_out_attributions
from trimtab.drift.report.verdict_json import verdict_to_dict

TITLE = "What the predictions depend on"


@pytest.fixture(scope="module", params=MODELS)
def measurements(request):
    """A window in which the predictions depend more on `size`, with labels and without."""
    model, rows = MODELS[request.param], draw_rows(2, spread=25.0)
    reference = model.reference(draw_rows(1))
    return [
        measure(reference, rows[FEATURES], model.predict(rows), labels, predict=model.predict)
        for labels in (model.labels(rows, 2), None)
    ]


def page_of(measurement, folder):
    write_report(decide(measurement, DriftPolicy(min_rows=100)), folder, window="2013-06")
    return (folder / "report.html").read_text()


def test_section_names_what_changed_beyond_noise(measurements):
    section = lay_out_attributions(measurements[0].predictions, "2013-06")

    assert "size" in section.more
    assert "idle" not in section.more + section.less
    assert [shift.feature for shift in section.shifts] == ["size", "town", "idle"]
    assert len(section.charts) == 2
    assert section.unit == measurements[0].predictions.label_unit


def test_section_has_no_chart_of_the_importance_without_labels(measurements):
    assert len(lay_out_attributions(measurements[1].predictions, "2013-06").charts) == 1


def test_page_shows_table_and_charts_with_and_without_labels(measurements, tmp_path):
    labelled, unlabelled = (
        page_of(each, tmp_path / name) for each, name in zip(measurements, ("a", "b"), strict=True)
    )

    for page in (labelled, unlabelled):
        section = page.partition(f"<h2>{TITLE}</h2>")[2].partition("<h2>")[0]
        assert re.search(r"Beyond noise, the predictions depend\s+more on size", section)
        assert re.search(r'<th scope="row"[^>]*>size</th>', section)
        assert "nan" not in section.lower()
        assert ("unknown" in section) == (page is unlabelled)
        assert section.count("<svg") == (2 if page is labelled else 1)


def test_page_without_attributions_has_no_such_section(measurements, tmp_path):
    bare = dataclasses.replace(
        measurements[0], predictions=dataclasses.replace(measurements[0].predictions, attributions=())
    )
    assert TITLE not in page_of(bare, tmp_path)


def test_verdict_json_has_the_attributions_and_their_noise(measurements):
    for measurement, labelled in zip(measurements, (True, False), strict=True):
        verdict = decide(measurement, DriftPolicy(min_rows=100))
        (size, *_) = verdict_to_dict(verdict, window="", champion="")["predictions"]["attributions"]

        assert size["feature"] == "size"
        assert {*size["movement"]} == {"reference", "window", "error", "change", "noise"}
        assert size["movement"]["change"] > size["movement"]["noise"]
        assert (size["importance"]["window"] is not None) == labelled


def test_attributions_do_not_change_the_verdict(measurements):
    bare = dataclasses.replace(
        measurements[0], predictions=dataclasses.replace(measurements[0].predictions, attributions=())
    )
    with_them, without = (decide(each, DriftPolicy(min_rows=100)) for each in (measurements[0], bare))
    assert (with_them.decision, with_them.rules) == (without.decision, without.rules)


def test_section_shows_the_features_that_move_the_predictions_furthest(measurements):
    shifts = tuple(
        AttributionShift(f"f{place:02}", NoisyValue(ComparedValue(1.0, 0.5, 0.1), 0.3), None)
        for place in range(SHOWN + 15)
    )
    predictions = dataclasses.replace(measurements[0].predictions, attributions=shifts)

    section = lay_out_attributions(predictions, "")

    assert [shift.feature for shift in section.shifts] == [f"f{place:02}" for place in range(SHOWN)]
    assert section.hidden == 15
    assert section.less.endswith("f09 and 15 more")
    assert len(section.charts) == 1
