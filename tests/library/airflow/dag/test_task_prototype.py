"""Tasks that are cloned from a prototype."""

from __future__ import annotations

from airflow.sdk import DAG

from trimtab.airflow import DvcDag, StageOperator


def test_cloned_task_equals_a_constructed_one(project):
    """One task is constructed, the others copy it: nothing may be shared, nothing may be missing."""
    options = {"default_args": {"retries": 2, "owner": "me"}}
    rendered = DvcDag("d", project=project().root, **options)
    first, copied = rendered.stages["draw"], rendered.stages["clean"]
    with DAG("d", **options):
        arguments = (
            "project",
            "graph",
            "stage",
            "plan",
            "upstream",
            "assets",
            "trigger_rule",
            "doc_md",
        )
        made = StageOperator(
            task_id="clean",
            task_display_name="clean",
            **{name: getattr(copied, name) for name in arguments},
        )
    of_the_dag = {
        "_dag",
        "task_group",
        "upstream_task_ids",
        "downstream_task_ids",
        "_BaseOperator__init_kwargs",
    }
    assert vars(copied).keys() == vars(made).keys()
    for name in vars(made).keys() - of_the_dag - {"params"}:
        assert getattr(copied, name) == getattr(made, name), name
    assert copied.params.dump() == made.params.dump()
    for name, value in vars(copied).items():
        if isinstance(value, list | set | dict):
            assert value is not vars(first)[name], name
