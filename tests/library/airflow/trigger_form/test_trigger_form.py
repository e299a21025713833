"""The trigger form."""

from __future__ import annotations

import pytest

from tests.library.airflow.trigger_form.conftest import DVC, PARAMS
from trimtab.airflow.trigger_form.trigger_form import make_form
from trimtab.errors import ConfigError
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph import Graph, Stage

STAGES = ["draw", "clean"]
WHOLE = {"params.yaml": ()}


def form_of(checkout, **kwargs):
    """The form and the fields it shows, of two stages that depend on all params."""
    graph = Graph(tuple(Stage(name, params=WHOLE) for name in STAGES))
    form, fields = make_form(checkout.root, graph, **kwargs)
    return form, fields.shown


def test_fields_have_the_types_of_params_yaml_and_are_empty_by_default(project):
    form, fields = form_of(project())
    assert {key: fields[key].schema["type"] for key in form.keys} == {
        "draw.rows": ["null", "integer"],
        "draw.word": ["null", "string"],
        "judge.limit": ["null", "number"],
    }
    assert all(fields[key].value is None for key in form.keys)
    assert "3" in fields["draw.rows"].description


def test_form_of_a_project_without_params_has_only_the_force_fields(project):
    form, fields = form_of(project({"dvc.yaml": "stages: {}"}))
    assert set(fields) == {form.force, form.force_stages} == {"force", "force_stages"}


def test_force_fields_are_a_section_with_a_list_of_the_stages(project):
    form, fields = form_of(project())
    every, some = fields[form.force], fields[form.force_stages]
    assert every.schema["section"] == some.schema["section"]
    assert every.schema["section"] not in {fields[key].schema["section"] for key in form.keys}
    assert (every.value, every.schema["type"]) == (False, "boolean")
    assert some.schema["examples"] == STAGES


def test_form_forces_no_stage_every_stage_or_some(project):
    form, _ = form_of(project())
    assert form.forced({"force": False, "force_stages": None}, STAGES) == set()
    assert form.forced({"force": True, "force_stages": None}, STAGES) == set(STAGES)
    assert form.forced({"force": False, "force_stages": ["clean"]}, STAGES) == {"clean"}
    with pytest.raises(ConfigError, match="no stage 'claen'; did you mean 'clean'"):
        form.forced({"force_stages": ["claen"]}, STAGES)


def test_force_fields_get_other_names_where_params_have_theirs(project):
    form, fields = form_of(
        project({"dvc.yaml": "stages: {}", "params.yaml": "force: 9.81\n"}), taken=["force_stages"]
    )
    assert form.keys == {"force": "force"}
    assert (form.force, form.force_stages) == ("force_", "force_stages_")
    assert fields["force"].schema["type"] == ["null", "number"]
    assert form.overrides({"force": 1.62, "force_": True}) == {"force": 1.62}
    assert form.forced({"force": 1.62, "force_": False}, STAGES) == set()


def test_empty_field_sets_nothing(project):
    form, _ = form_of(project())
    assert form.overrides({"draw.rows": None, "draw.word": "x"}) == {"draw.word": "x"}


def test_unknown_key_in_the_configuration_is_refused_with_the_closest_one(project):
    form, fields = form_of(project())
    known = {*fields, "reason"}
    form.refuse_unknown({"draw.rows": 1, "reason": "x"}, known, run_id="r")
    with pytest.raises(ConfigError, match=r"no param 'draw\.row'; did you mean 'draw\.rows'"):
        form.refuse_unknown({"draw.row": 1}, known, run_id="r")


def test_fields_of_a_task_group_are_prefixed_and_other_keys_are_ignored(project):
    form, fields = form_of(project(), prefix="left.")
    assert set(fields) == {
        "left.force", "left.force_stages", "left.draw.rows", "left.draw.word", "left.judge.limit",
    }  # fmt: skip
    assert form.overrides({"left.draw.rows": 5}) == {"draw.rows": 5}
    form.refuse_unknown({"anything": 1}, fields, run_id="r")
    with pytest.raises(ConfigError, match=r"no param 'left\.x'"):
        form.refuse_unknown({"left.x": 1}, fields, run_id="r")


def test_signing_policy_has_no_field_and_is_refused_before_anything_runs(project):
    params = "signing:\n  required: true\n  public_keys: [keys/release.pub]\nlimit: 0.5\n"
    checkout = project({"dvc.yaml": "stages: {}", "params.yaml": params})
    form, fields = form_of(checkout)
    assert set(form.keys) == {"limit"}
    for key, value in (("required", False), ("required", True), ("public_keys", ["keys/mine.pub"])):
        with pytest.raises(ConfigError, match=rf"'signing\.{key}' cannot be set for a run: it says whose"):
            form.refuse_unknown({f"signing.{key}": value}, fields, run_id="r")
        with pytest.raises(ConfigError, match="in a reviewed commit; nothing has been run"):
            pin_revision(checkout.root, {f"signing.{key}": value})


def test_trusted_types_have_no_field_and_are_refused_before_anything_runs(project):
    params = "judge:\n  trusted_types: [numpy.dtype]\n  limit: 0.5\n"
    checkout = project({"dvc.yaml": "stages: {}", "params.yaml": params})
    form, fields = form_of(checkout)
    assert set(form.keys) == {"judge.limit"}
    form.refuse_unknown({"judge.limit": 1.0}, fields, run_id="r")
    with pytest.raises(ConfigError, match=r"'judge\.trusted_types' cannot be set for a run"):
        form.refuse_unknown({"judge.trusted_types": ["os.system"]}, fields, run_id="r")
    with pytest.raises(ConfigError, match="in a reviewed commit; nothing has been run"):
        pin_revision(checkout.root, {"judge.trusted_types": ["os.system"]})


def test_form_shows_the_sections_that_the_stages_read_and_keeps_those_of_operators_apart(fields):
    form, made = fields
    assert {name.partition(".")[0] for name in made.shown} == {"force", "force_stages", "train", "split"}
    assert set(made.library) == {"promote", "drift"}
    assert {"drift.needed", "train.checks", "promote.policy"} <= set(form.keys), (
        "REST may set what has no field"
    )
    form.refuse_unknown({"drift.needed": 3}, made.shown, run_id="r")
    assert form.overrides({"drift.needed": 3}) == {"drift.needed": 3}


def test_set_params_with_a_typo_is_refused_when_the_dag_is_parsed(project):
    from trimtab.airflow import DvcDag

    with pytest.raises(ConfigError, match=r"no param 'draw\.rowz'; did you mean 'draw\.rows'"):
        DvcDag("d", project=project().root, set_params={"draw.rowz": "{{ ds }}"})


def test_form_gets_the_section_that_an_operator_of_the_dag_reads(project):
    from trimtab.airflow import CompareOperator, DvcDag

    checkout = project({"dvc.yaml": DVC, "params.yaml": PARAMS})
    with DvcDag("d", project=checkout.root) as dag:
        assert "promote.policy" not in dag.params
        CompareOperator(task_id="compare", project=checkout.root, registered_by="register")
    assert dag.params.get_param("promote.policy").schema["enum"]
    assert "drift.needed" not in dag.params


def test_drift_rules_and_statistics_of_the_project_have_no_field(fields):
    assert list(fields[1].library["drift"]) == ["drift.needed"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("drift.rules", [{"rule": "os:getcwd"}]),
        ("drift.statistics", [{"statistic": "os:getcwd", "max": 0.2}]),
    ],
)
def test_drift_rule_or_statistic_that_a_run_names_is_refused(project, key, value):
    checkout = project({"dvc.yaml": DVC, "params.yaml": PARAMS})
    with pytest.raises(ConfigError, match="A run cannot name the extension 'os:getcwd'"):
        pin_revision(checkout.root, {key: value})


def test_bound_of_a_drift_statistic_can_be_set_for_a_run(project):
    checkout = project({"dvc.yaml": DVC, "params.yaml": PARAMS})
    changed = [{"statistic": "shop.drift:far", "max": 0.4}]
    assert pin_revision(checkout.root, {"drift.statistics": changed}).overrides == {
        "drift.statistics": changed
    }
