"""What waits for a person."""

from __future__ import annotations

from tests.library.control_room.states import live, window
from trimtab.control_room.todo import TodoItem, model_items, sort_items


def test_only_a_model_on_which_a_person_has_to_act_is_to_do():
    bad = live(window(decision="investigate"))
    assert [item.subject for item in model_items([live(window()), bad])] == ["rides: a person has to decide"]
    assert model_items([live(window(decision="watch"))]) == ()


def test_live_models_come_first_then_the_nearest_deadline():
    late, soon, run, model = (
        TodoItem(kind=kind, subject=subject, sentence="", due=due)
        for kind, subject, due in (
            ("approval", "late", "2024-07-09"),
            ("approval", "soon", "2024-07-03"),
            ("run", "run", ""),
            ("model", "model", ""),
        )
    )
    assert sort_items([late, run, soon, model]) == (model, soon, late, run)
