"""What the systems know of an incident, as sentences."""

from __future__ import annotations

from dataclasses import replace

from tests.library.postmortem.cases import case, explanation, incident
from trimtab.diagnosis.value_change import ValueChange
from trimtab.postmortem.answers import Answers
from trimtab.postmortem.evidence import change_sentences, impact_sentences, list_whys


def test_impact_names_severity_what_is_blocked_runs_and_checks():
    assert impact_sentences(case()) == [
        "sev2: new data, models or scores are blocked",
        "Blocked: train",
        "1 alert(s) in 1 run(s): training/r1",
        "Failed checks: not_null of a",
    ]


def test_changes_name_the_first_five_of_a_kind_and_count_the_others():
    params = [ValueChange(f"a.p{number}", 1, 2) for number in range(7)]
    (sentence,) = change_sentences(replace(explanation(), params=params))
    assert sentence.startswith("params: a.p0: 1 → 2, ")
    assert sentence.endswith(" and 2 more")


def test_whys_are_five_and_invent_nothing():
    whys = list_whys(case(incident(), changes=None), Answers(whys=["the unit changed"]))
    assert [(why.written, bool(why.text)) for why in whys] == [(True, True), *[(False, False)] * 4]
    assert [bool(why.text) for why in list_whys(case(), Answers())] == [True, True, False, False, False]
