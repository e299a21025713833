"""The results of a run that began with the task ids of an earlier release."""

from __future__ import annotations

import pytest

from trimtab.airflow.task_ids import former_id, task_id
from trimtab.airflow.xcom import PlannedRun

NEW = task_id("my stage")
OLD = former_id(NEW)
MADE = {"outs": [{"path": "x"}]}


class Run:
    """A run as Airflow's `ti` shows it: states and XComs by task id."""

    dag_id = "d"

    def __init__(self, states):
        self.states = {"plan": "success", **states}
        self.xcoms = {
            ("plan", "head"): {"id": "1", "revision": {}, "pages": 1},
            ("plan", "page_0"): {"my stage": {"entry": None}},
            (OLD, "return_value"): {"plan": "1", "entry": MADE},
        }

    def xcom_pull(self, *, task_ids, key, map_indexes):
        return self.xcoms.get((task_ids, key))

    def get_task_states(self, *, dag_id, task_ids, run_ids):
        return {"r": {task: state for task, state in self.states.items() if task in task_ids}}


@pytest.mark.parametrize("states", [{OLD: "success"}, {OLD: "removed", NEW: None}])
def test_result_under_the_task_id_of_an_earlier_release_is_found(states):
    entries = PlannedRun({"ti": Run(states), "run_id": "r"}, "plan").entries({"my stage": NEW})
    assert entries == {"my stage": MADE}


@pytest.mark.parametrize("states", [{}, {OLD: "failed"}, {NEW: "failed"}])
def test_stage_that_succeeded_under_neither_id_has_no_result(states):
    with pytest.raises(Exception, match=f"no result of '{NEW}'"):
        PlannedRun({"ti": Run(states), "run_id": "r"}, "plan").entries({"my stage": NEW})
