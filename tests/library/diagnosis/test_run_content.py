"""What a past run read and made."""

from __future__ import annotations

from trimtab.diagnosis.past_run import find_past_run
from trimtab.diagnosis.run_content import read_content


def test_content_of_a_recorded_run_has_inputs_outputs_params_and_metrics(project):
    checkout = project()
    checkout.run_all({"draw.rows": 5}, name="training-manual__1")

    content = read_content(checkout.root, find_past_run(checkout.root, "training/manual__1"))

    assert content.entries.keys() == content.inputs.keys() == {"draw", "clean", "count", "judge"}
    assert content.code.keys() == {"data/source.txt"}
    assert content.outputs.keys() == {"data/rows.txt", "data/clean.txt", "metrics.json", "report"}
    assert content.params["draw.rows"] == 5
    assert content.metrics.keys() == {"metrics.json:bytes"}


def test_content_of_a_failed_run_has_the_inputs_of_the_stage_that_failed(project, airflow):
    checkout = project()
    checkout.edit("dvc.yaml", "cat data/rows.txt data/source.txt >", "false && cat data/source.txt >")
    checkout.commit()
    airflow(checkout)

    content = read_content(checkout.root, find_past_run(checkout.root, "training/failed"))

    assert content.entries.keys() == {"draw"}
    assert content.inputs.keys() == {"draw", "clean"}
    assert content.metrics == {}
