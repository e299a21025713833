"""Scales, paths and elements of SVG."""

from __future__ import annotations

import pytest

from trimtab.html_report import environment
from trimtab.svg.primitives import (
    STANDALONE_COLOURS,
    LinearScale,
    RoundScale,
    line_path,
    short_number,
    step_path,
    svg,
    text,
)

LENGTH = 420


@pytest.mark.parametrize("values", [[0.5, 0.72], [0.0], [-3.0, 40.0], [0.5, 0.5000001], []])
def test_round_scale_holds_its_values_between_round_ticks(values):
    scale = RoundScale.over(values, LENGTH)

    assert all(0 <= scale.place(value) <= LENGTH for value in values)
    assert 2 <= len(scale.ticks()) <= 9


def test_linear_scale_with_low_above_high_points_up():
    scale = LinearScale(1.0, 0.0, 200)

    assert [scale.place(value) for value in (1.0, 0.75, 0.0)] == [0.0, 50.0, 200.0]
    assert str(scale.place(1.0)) == "0.0"


def test_linear_scale_ticks_are_multiples_of_the_step():
    assert LinearScale(0.12, 0.31, 100).ticks(0.1) == pytest.approx([0.2, 0.3])
    assert LinearScale(0.31, 0.12, 100).ticks(0.1) == pytest.approx([0.2, 0.3])


def test_paths_start_with_a_move_and_follow_the_points():
    assert line_path([(0.0, 1.0), (2.0, 3.5)]) == "M0.0 1.0 L2.0 3.5"
    assert step_path([0, 10, 20], [0.5, 1.0], top=1.0, height=40) == "M0 40 V20.0 H10 V0.0 H20 V40"


def test_text_and_label_are_escaped():
    assert "<script>" not in svg([text(0, 0, "<script>")], width=1, height=1, label='"><script>')


def test_standalone_colours_are_the_light_colours_of_a_page():
    page = environment().get_template("html_report.html.j2").render()

    assert {
        name for name, colour in STANDALONE_COLOURS.items() if f"--{name}: {colour};" not in page
    } == set()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-1e-16, "0"),
        (0.30000000000000004, "0.3"),
        (1250, "1,250"),
        (12500, "12.5k"),
        (-3e6, "-3M"),
        (2.5e9, "2.5G"),
        (999_999, "1000k"),
    ],
)
def test_short_number_has_at_most_seven_characters(value, shown):
    assert short_number(value) == shown
    assert len(shown) <= 7


def test_style_of_an_image_places_it_in_the_page():
    assert svg([], width=1, height=1, label="x").endswith('aria-label="x"></svg>')
    assert 'style="flex: 1"' in svg([], width=1, height=1, label="x", style="flex: 1")
