"""The trigger form."""

from __future__ import annotations

import pytest

from trimtab.airflow.form import make_form
from trimtab.errors import ConfigError
from trimtab.pipeline.revision import pin

STAGES = ["draw", "clean"]


def test_the_form_is_typed_by_params_yaml_and_empty_by_default(project):
    form, fields = make_form(project().root, STAGES)
    assert {key: fields[key].schema["type"] for key in form.keys} == {
        "draw.rows": ["null", "integer"],
        "draw.word": ["null", "string"],
        "judge.limit": ["null", "number"],
    }
    assert all(fields[key].value is None for key in form.keys)
    assert "3" in fields["draw.rows"].description


def test_a_project_without_params_has_only_the_force_fields(project):
    form, fields = make_form(project({"dvc.yaml": "stages: {}"}).root, STAGES)
    assert set(fields) == form.names == {"force", "force_stages"}


def test_what_to_force_is_a_section_of_its_own_with_a_list_to_choose_from(project):
    form, fields = make_form(project().root, STAGES)
    every, some = fields[form.force], fields[form.force_stages]
    assert every.schema["section"] == some.schema["section"]
    assert every.schema["section"] not in {fields[key].schema["section"] for key in form.keys}
    assert (every.value, every.schema["type"]) == (False, "boolean")
    assert some.schema["examples"] == STAGES


def test_nothing_every_stage_or_some_are_forced(project):
    form, _ = make_form(project().root, STAGES)
    assert form.forced({"force": False, "force_stages": None}, STAGES) == set()
    assert form.forced({"force": True, "force_stages": None}, STAGES) == set(STAGES)
    assert form.forced({"force": False, "force_stages": ["clean"]}, STAGES) == {"clean"}
    with pytest.raises(ConfigError, match="no stage 'claen'; did you mean 'clean'"):
        form.forced({"force_stages": ["claen"]}, STAGES)


def test_the_force_fields_give_way_to_params_of_that_name(project):
    form, fields = make_form(
        project({"dvc.yaml": "stages: {}", "params.yaml": "force: 9.81\n"}).root,
        STAGES,
        taken=["force_stages"],
    )
    assert form.keys == {"force": "force"}
    assert (form.force, form.force_stages) == ("force_", "force_stages_")
    assert fields["force"].schema["type"] == ["null", "number"]
    assert form.overrides({"force": 1.62, "force_": True}) == {"force": 1.62}
    assert form.forced({"force": 1.62, "force_": False}, STAGES) == set()


def test_an_empty_field_sets_nothing(project):
    form, _ = make_form(project().root, STAGES)
    assert form.overrides({"draw.rows": None, "draw.word": "x"}) == {"draw.word": "x"}


def test_a_key_without_a_field_is_refused(project):
    form, fields = make_form(project().root, STAGES)
    known = {*fields, "reason"}
    form.refuse_unknown({"draw.rows": 1, "reason": "x"}, known, run_id="r")
    with pytest.raises(ConfigError, match=r"no param 'draw\.row'; did you mean 'draw\.rows'"):
        form.refuse_unknown({"draw.row": 1}, known, run_id="r")


def test_in_a_task_group_the_fields_are_prefixed_and_other_keys_are_other_peoples(project):
    form, fields = make_form(project().root, STAGES, prefix="left.")
    assert set(fields) == {
        "left.force", "left.force_stages", "left.draw.rows", "left.draw.word", "left.judge.limit",
    }  # fmt: skip
    assert form.overrides({"left.draw.rows": 5}) == {"draw.rows": 5}
    form.refuse_unknown({"anything": 1}, fields, run_id="r")
    with pytest.raises(ConfigError, match=r"no param 'left\.x'"):
        form.refuse_unknown({"left.x": 1}, fields, run_id="r")


def test_what_may_execute_when_a_model_is_loaded_has_no_field_and_is_refused_before_anything_runs(project):
    params = "judge:\n  trusted_types: [numpy.dtype]\n  limit: 0.5\n"
    checkout = project({"dvc.yaml": "stages: {}", "params.yaml": params})
    form, fields = make_form(checkout.root, STAGES)
    assert set(form.keys) == {"judge.limit"}
    form.refuse_unknown({"judge.limit": 1.0}, fields, run_id="r")
    with pytest.raises(ConfigError, match=r"'judge\.trusted_types' cannot be set for a run"):
        form.refuse_unknown({"judge.trusted_types": ["os.system"]}, fields, run_id="r")
    with pytest.raises(ConfigError, match="in a commit that somebody reviews; nothing has been run"):
        pin(checkout.root, {"judge.trusted_types": ["os.system"]})
