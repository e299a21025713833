"""The pages: what they show, what they escape, how fast they are."""

from __future__ import annotations

import shutil
import time

import pytest

from tests.library.control_room.states import NOW, TWO, live, window
from trimtab.control_room.gates import build_gate, summarize
from trimtab.control_room.pages import Frame, Links, ledger_page, live_page, pipeline_page, script_hash
from trimtab.control_room.stages import StageTask, build_groups
from trimtab.control_room.todo import TodoItem, model_items

LINKS = Links(airflow="/airflow", mlflow="https://mlflow.example.com")
HOSTILE = '"><script>alert(1)</script>'
AXE = ("node", "npm", "chromium")


def frame(current: str = "Live") -> Frame:
    return Frame("Trimtab", [("Overview", "/room"), ("Live", "/room/d")], current, LINKS, NOW)


def page_of(*windows, items=()) -> str:
    return live_page(frame(), [live(*windows)], items, rooms={}, whole=True)


def big_pipeline(stages: int = 300, checks: int = 3000) -> str:
    """A pipeline with so many stages, and a gate of which each check failed."""
    tasks = [StageTask(stage=f"s@{n}", task=f"s.{n}", upstream=(f"s@{n - 1}",)) for n in range(1, stages)]
    groups = build_groups(tasks, {}, {task.task: "success" for task in tasks}, frozenset(), {})
    content = [{"name": f"x{n}", "column": "c", "passed": False} for n in range(checks)]
    gate = build_gate("judge", [summarize({"verdict": "fail", "declared": checks, "checks": content})])
    return pipeline_page(
        frame("Pipeline"), groups, [gate], run="r", run_state="failed", run_href="/airflow/dags/d/runs/r"
    )


def test_how_the_model_is_and_what_to_do_come_before_every_table():
    bad = window(decision="investigate", sentence="Investigate: few rows.")
    page = page_of(bad, items=model_items([live(bad)]))
    places = [
        page.index(text) for text in ("Act now", "few rows", "trimtab rollback", 'id="todo"', "Windows of")
    ]
    assert places == sorted(places)
    assert page.index("Act now") < page.index("<table")


def test_hostile_text_of_verdicts_ledger_and_questions_is_escaped():
    bad = window(HOSTILE, sentence=HOSTILE, dag_run=f"{HOSTILE}/{HOSTILE}", run_id=HOSTILE)
    item = TodoItem(kind="approval", subject=HOSTILE, sentence=HOSTILE, advice=HOSTILE)
    assert "<script>alert" not in page_of(bad, items=[item])


@pytest.mark.parametrize("named", ["javascript:alert(1)", "//evil.example.com/x", "a/../../b", "a/b?c#d", ""])
def test_link_to_a_run_leads_to_no_other_site(named):
    href = LINKS.dag_run(named)
    assert href == "" or href.startswith("/airflow/dags/")
    assert not {"?", "#", ":"} & set(href)
    assert ".." not in href.split("/")[:4]


def test_links_to_mlflow_are_left_out_where_it_is_no_server():
    assert Links(airflow="", mlflow="").version("rides", 2) == ""
    assert LINKS.version("a/b", 2) == "https://mlflow.example.com/#/models/a%2Fb/versions/2"


def test_rollback_is_linked_only_for_those_who_may_trigger_it():
    may, may_not = (ledger_page(frame(), [TWO], rollback=to, compare="/c") for to in ("/airflow/dags/b", ""))
    assert 'href="/airflow/dags/b"' in may
    assert "You may not trigger" in may_not


def test_page_loads_nothing_from_elsewhere_and_its_only_script_is_that_of_the_hash():
    page = page_of(window())
    assert page.count("<script") == 1
    assert not any(word in page for word in (" src=", "@import", "url(", "<link"))
    assert script_hash().startswith("'sha256-")


def test_three_hundred_stages_and_three_thousand_failed_checks_render_within_a_second():
    big_pipeline(3, 3)  # compiles the templates
    began = time.process_time()
    page = big_pipeline()
    assert time.process_time() - began < 1
    assert "299 ran" in page
    assert "and 2990 more, in the report" in page


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, AXE)), reason="needs node, npm and chromium")
def test_axe_finds_nothing_at_any_width_in_light_and_dark(tmp_path):
    from tests.library.control_room.axe import violations

    bad = window(decision="investigate", sentence="Investigate: few rows.", outcome="refused")
    pages = {
        "live": page_of(window("2024-05", "1"), bad, items=model_items([live(bad)])),
        "ledger": ledger_page(frame(), [TWO], rollback="/airflow/dags/b", compare="/c"),
        "pipeline": big_pipeline(30, 30),
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text)
    assert violations(tmp_path) == []
