"""What waits for a person."""

from __future__ import annotations

from tests.library.control_room.states import live, window
from tests.library.postmortem.cases import incident
from trimtab.control_room.todo import TodoItem, incident_items, model_items, sort_items
from trimtab.incidents import Event


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


def test_open_incident_is_to_do_with_its_severity_its_lead_and_the_command():
    (item,) = incident_items([incident()], lambda one: f"/runs/{one.alerts[-1].by}")
    assert item.subject == "sev2 training: gate failed: validate_raw"
    assert "Lead: nobody." in item.sentence
    assert f"`trimtab incident show {incident().id}`" in item.advice
    assert item.href == "/runs/training/r1"


def test_incident_whose_check_has_passed_asks_to_be_resolved():
    done = Event(
        kind="passed", at="2026-11-28T05:00:00+00:00", by="training/r2", text="t", checks=("not_null of a",)
    )
    (item,) = incident_items([incident(done)], lambda one: "")
    assert "has passed since: resolve it" in item.advice


def test_severe_incidents_come_before_others_and_before_approvals():
    minor, severe = (
        TodoItem(kind="incident", subject=f"{severity} x", sentence="", since="2024-07-01")
        for severity in ("sev3", "sev1")
    )
    approval = TodoItem(kind="approval", subject="a", sentence="", due="2024-07-01")
    assert sort_items([minor, approval, severe]) == (severe, minor, approval)
