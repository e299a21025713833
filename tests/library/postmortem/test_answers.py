"""The file that people type."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.postmortem.answers import ANSWERS, Answers, read_answers


def test_empty_file_is_written_once_and_never_again(tmp_path):
    assert read_answers(tmp_path) == Answers()
    file = tmp_path / ANSWERS
    file.write_text("impact: no new model\n")
    assert read_answers(tmp_path).impact == "no new model"
    assert file.read_text() == "impact: no new model\n"


def test_action_item_is_read_with_its_owner_and_date(tmp_path):
    (tmp_path / ANSWERS).write_text("action_items: [{action: a, owner: ada, due: 2026-12-15}]\n")
    (item,) = read_answers(tmp_path).action_items
    assert (item.owner, item.due.isoformat(), item.kind) == ("ada", "2026-12-15", "prevent")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("action_items: [{action: a, due: 2026-12-15}]", "'action_items.0.owner' is missing"),
        ("action_items: [{action: a, owner: ada}]", "'action_items.0.due' is missing"),
        ("action_items: [{action: a, owner: ada, due: soon}]", "'action_items.0.due' is 'soon'"),
        ("action_items: [{action: a, owner: ' ', due: 2026-12-15}]", "it is empty"),
        ("inpact: x", "unknown key 'inpact'; did you mean 'impact'"),
        ("whys: [a, b, c, d, e, f]", "'whys' is"),
    ],
)
def test_answer_that_is_not_valid_is_refused_with_its_place(tmp_path, text, message):
    (tmp_path / ANSWERS).write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_answers(tmp_path)
