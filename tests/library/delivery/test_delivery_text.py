"""The delivery figures at a terminal."""

from __future__ import annotations

import io

from tests.library.delivery.test_figures import deployed, failed, figures
from trimtab.delivery.delivery_text import show_delivery
from trimtab.terminal import Console


def shown(found) -> str:
    file = io.StringIO()
    show_delivery(found, Console(file=file, width=100))
    return file.getvalue()


def test_terminal_shows_all_four_keys_with_their_number_and_spread():
    text = shown(figures(deployed(60, lead_hours=(2, 72)), failed(50, 5), failed(3, None)))
    for part in (
        "rides, the last 60 days",
        "3, 1.5 in 30 days",
        "median 37 hours, 2 hours to 3 days (2 changes)",
        "67% (2 of 3; 95 % interval 21% to 94%)",
        "median 5 hours (1 recovery); 1 not recovered yet",
        "note: too few deployments (3)",
    ):
        assert part in text


def test_terminal_says_what_is_unknown_where_there_was_no_deployment():
    text = shown(figures())
    for part in ("unknown: there was no deployment", "unknown: there was no change", "no recovery"):
        assert part in text
