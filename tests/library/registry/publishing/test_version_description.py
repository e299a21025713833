"""The description of run and version in MLflow."""

from __future__ import annotations

import dataclasses
import json

from trimtab.registry import publish
from trimtab.registry.publishing.version_description import (
    LONGEST_TEXT,
    REGISTERED,
    describe_candidate,
    find_main_figure,
    format_gain,
    run_name,
    set_headline,
    with_headline,
)
from trimtab.registry.tracking.mlflow_compat import DESCRIPTION_TAG

MEASURED = {
    "name": "score roc_auc",
    "passed": True,
    "observed": 0.76241,
    "interval": [0.7557, 0.7692],
}
GAIN = {"champion": 2, "gain": {"gain": 0.0468, "low": 0.0435, "high": 0.0505}}


def with_report(project):
    """The project, whose model gate has measured the metric of the promote policy."""
    path = project.root / "made" / "validate_model" / "report.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "rows": 28128, "checks": [MEASURED]}))
    project.repro()
    return project


def test_description_begins_with_figure_gates_data_and_commit(made_project):
    lineage = {"data_window": "before 2013-06-01", "git_revision": "4f1c2d3", "reason": "schedule"}
    candidate = dataclasses.replace(with_report(made_project).gather(), lineage=lineage)
    first, _, *rest = describe_candidate(candidate).split("\n\n")
    assert [line.strip() for line in first.splitlines()] == [
        "**roc_auc 0.7624**, interval 0.7557 to 0.7692, on 28,128 rows",
        "Gates: 2 pass",
        "Data: before 2013-06-01",
        "Commit: `4f1c2d3`",
    ]
    assert "- reason: schedule" in rest[-1]


def test_figure_without_a_check_of_it_is_that_of_the_metrics_file(template):
    figure = find_main_figure(template.gather(), {})
    assert (figure.metric, figure.value, figure.interval, figure.rows) == ("roc_auc", 0.81, None, None)


def test_gates_that_did_not_simply_pass_are_named(template):
    candidate = dataclasses.replace(template.gather(), verdicts={"a": "pass", "validate_model": "warn"})
    assert "Gates: 1 pass, validate_model warn" in describe_candidate(candidate)


def test_reports_are_linked_relative_to_the_address_of_mlflow(template):
    described = describe_candidate(template.gather(), run="experiments/1/runs/abc")
    address = "#/experiments/1/runs/abc/artifacts/reports/validate_model/report.html"
    assert f"[reports/validate_model]({address})" in described
    assert "http" not in described
    assert "](#" not in describe_candidate(template.gather())


def test_markdown_in_lineage_and_text_is_escaped(template):
    lineage = {"reason": "# [x](y)\n- z", "data_window": "![a](b)", "git_revision": "`x`[a](b)"}
    described = describe_candidate(dataclasses.replace(template.gather(), desc="<b>[c](d)", lineage=lineage))
    assert "- reason: \\# \\[x\\](y) - z" in described
    assert "Data: !\\[a\\](b)" in described
    assert "`` `x`[a](b) ``" in described
    assert "&lt;b&gt;\\[c\\](d)" in described


def test_description_is_cut_off_at_the_longest_text(template):
    candidate = dataclasses.replace(template.gather(), lineage={"reason": "x" * 2 * LONGEST_TEXT})
    assert len(with_headline("**Champion**", describe_candidate(candidate))) == LONGEST_TEXT


def test_run_is_named_after_model_data_and_content(template):
    lineage = {"data_window": "before 2013-06-01", "candidate": "rolling"}
    candidate = dataclasses.replace(template.gather(), lineage=lineage, key="3f9a2b1c" + "0" * 56)
    assert run_name(candidate) == "flights rolling before 2013-06-01 3f9a2b1c"


def test_gain_has_its_interval_and_the_version_that_it_is_over():
    assert format_gain(GAIN) == "Gain over version 2: **+0.0468**, interval +0.0435 to +0.0505"
    assert format_gain({"champion": None, "gain": {}}) == format_gain({"gain": 3}) == ""
    assert format_gain({"champion": 2, "gain": {"gain": 1.0, "low": "x", "high": 2.0}}) == ""


def test_version_is_registered_with_a_headline_and_gets_another_one(client, made_project):
    version = publish(with_report(made_project).gather())
    described = client.get_model_version(version.name, "1").description
    assert described.startswith(f"{REGISTERED}\n\n**roc_auc 0.7624**")
    of_run = client.get_run(version.run_id).data.tags[DESCRIPTION_TAG]
    assert described == with_headline(REGISTERED, of_run)
    for _ in range(2):
        set_headline(client, version.name, 1, "**Not promoted**: it is no better")
    described = client.get_model_version(version.name, "1").description
    assert described == f"**Not promoted**: it is no better\n\n{of_run}"


def test_version_that_another_tool_registered_keeps_its_description(client, made_project):
    name = f"{made_project.name}-foreign"
    client.create_registered_model(name)
    run = client.create_run("0").info
    client.create_model_version(name, run.artifact_uri, run.run_id, description="ours")
    set_headline(client, name, 1, "**Champion**")
    assert client.get_model_version(name, "1").description == "ours"
