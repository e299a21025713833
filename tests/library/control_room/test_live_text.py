"""The live part at a terminal."""

from __future__ import annotations

from io import StringIO

from tests.library.control_room.states import NOW, live, window
from trimtab.control_room.live_text import show_live
from trimtab.terminal import Console


def shown(state) -> str:
    out = StringIO()
    show_live(state, Console(file=out, width=100), NOW)
    return out.getvalue()


def test_how_the_model_is_comes_first_by_word_and_sign():
    text = shown(live(window(decision="investigate", sentence="Investigate: few rows.")))
    assert text.startswith("✖ rides: act now. Investigate: few rows.\nto do: A person has to decide.")


def test_table_has_interval_and_bound():
    assert "0.690 to 0.730" in shown(live(window()))


def test_control_characters_of_a_reason_are_written_out():
    assert "\x1b" not in shown(live(window(decision="watch", sentence="\x1b]0;owned\x07")))
