"""The training history of a model."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.registry.publishing.training_history import read_training_history


def test_candidate_has_each_step_of_the_training_history(project):
    assert project.gather().curves == {
        "learning_curve.loss": ((1, 0.6), (2, 0.5), (3, 0.4)),
        "learning_curve.test_loss": ((1, 0.61), (3, 0.55)),
    }


@pytest.mark.parametrize(
    "content",
    ["", "step,loss\n1,low\n", "step,loss\n0.5,1\n", "step,loss\n1\n"],
    ids=["empty", "no number", "half a step", "cut off"],
)
def test_training_history_with_another_format_is_refused(project, content):
    (project.root / "made/plots/learning_curve.csv").write_text(content)
    project.repro()

    with pytest.raises(ProjectError, match=r"training history cannot be read[\s\S]*integers in the first"):
        project.gather()


def test_training_history_has_a_curve_for_each_column_and_skips_empty_cells(tmp_path):
    file = tmp_path / "history.csv"
    file.write_text("epoch,loss,test/auc\n1,0.6,\n2,0.5,0.7\n")

    assert read_training_history(file) == {
        "history.loss": ((1, 0.6), (2, 0.5)),
        "history.test/auc": ((2, 0.7),),
    }


def test_training_history_without_a_row_has_empty_curves(tmp_path):
    file = tmp_path / "history.csv"
    file.write_text("epoch,loss\n")

    assert read_training_history(file) == {"history.loss": ()}
