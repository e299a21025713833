"""A line chart as an SVG file."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from trimtab.drift.report.line_chart import draw_line_chart

SVG = "{http://www.w3.org/2000/svg}"


def test_line_chart_has_a_line_per_name_and_a_ring_per_mark():
    line = {"2013-04": 0.71, "2013-05": 0.73, "2013-06": 0.69}
    root = ElementTree.fromstring(
        draw_line_chart({"frozen": (line, []), "declared": (line, ["2013-05", "2013-06"])})
    )
    assert len(root.findall(f"{SVG}path")) == len(root.findall(f"{SVG}path[@stroke]")) == 2
    assert len(root.findall(f"{SVG}circle")) == 2


def test_line_chart_of_one_window_is_drawn():
    root = ElementTree.fromstring(draw_line_chart({"frozen": ({"2013-04": 0.71}, [])}))

    assert [text.text for text in root.iter(f"{SVG}text")][-1] == "frozen"


def test_line_chart_escapes_names_and_windows():
    chart = draw_line_chart({"<b>": ({"<i>": 0.5, "2013-05": 0.6}, [])})

    assert "<b>" not in chart
    assert "<i>" not in chart
    assert {"<b>", "<i>"} <= {text.text for text in ElementTree.fromstring(chart).iter(f"{SVG}text")}


@pytest.mark.parametrize(
    ("values", "tick"), [((0.69, 0.73), "0.70"), ((1200.0, 5300.0), "2,000"), ((2e-6, 5e-6), "0.000003")]
)
def test_line_chart_has_few_ticks_at_any_scale(values, tick):
    line = dict(zip(("2013-04", "2013-05"), values, strict=True))
    texts = [
        text.text for text in ElementTree.fromstring(draw_line_chart({"a": (line, [])})).iter(f"{SVG}text")
    ]
    assert tick in texts
    assert len(texts) < 16
