"""An event, as MLflow stores it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.library.incidents.conftest import alert, passed
from trimtab.incidents import Event


def test_try_of_a_task_has_one_key_whatever_the_time_of_its_callback():
    assert alert().key == alert(at="2026-11-28T03:00:09+00:00").key
    assert alert().key != alert(attempt="validate_raw -1 2").key
    assert alert().key != passed("training/r1").key


@pytest.mark.parametrize("letter", ["x", "☠", '"', "\\", "\x00", "\u202e"])
def test_longest_event_fits_into_a_param_of_mlflow(letter):
    worst = alert(
        text=letter * 9000,
        checks=tuple(f"{number} {letter * 900}" for number in range(900)),
        blocks=letter * 9000,
        links={f"{number}" * 99: "http://a/" + "u" * 280 for number in range(50)},
        attempt=letter * 9000,
    ).model_copy(update={"by": letter * 9000})
    assert len(worst.shortened().to_json()) <= 6000
    assert len(worst.shortened().checks) == 20


def test_event_with_many_checks_says_how_many_it_leaves_out():
    assert alert(checks=tuple(map(str, range(25)))).shortened().text.endswith("(and 5 more checks)")


def test_event_is_read_as_it_was_written():
    assert Event.model_validate_json(alert().to_json()) == alert()


@pytest.mark.parametrize("at", ["yesterday", "2026-11-28T03:00:00", "3 am"])
def test_time_without_a_zone_or_in_other_words_is_refused(at):
    with pytest.raises(ValidationError):
        alert(at=at)
