from __future__ import annotations

import operator
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from tests.library.registry.drifting import arrive, by_window, check, declare, model_of
from trimtab.drift import DriftRule
from trimtab.errors import ConfigError, DriftError, RegistryError
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.registry import (
    NoWindowToCheckError,
    check_newest_window,
    drift_extensions,
    pending_windows,
    record_retrain_outcome,
)
from trimtab.registry.drift_log.drift_log import count_retrains


def test_drift_check_refuses_a_weight_by_name(tmp_path):
    model = Artifact("late", "late.skops", "model", meta={"weight": "share"})

    with pytest.raises(DriftError, match="cannot weight rows, and the model declares the weight 'share'"):
        check_newest_window(tmp_path, Graph(stages=(), artifacts=(model,)), "windows", dag_run="d/1")


@pytest.fixture(scope="module")
def watched(published):
    """A project with a champion, and a window with the rows of the reference."""
    project = published("watched")
    arrive(project, "2013-06")
    return project


def test_newest_window_is_checked_and_recorded_once(client, watched, runs):
    first, again = check(watched), check(watched)

    assert (first.window, first.champion, first.decision, first.rows) == ("2013-06", 1, "none", 300)
    assert first.window_figure == first.reference_figure, "the window has the rows of the reference"
    assert again == first
    (run,) = by_window(runs("watched-drift")).values()
    assert run.info.run_id == first.run_id
    assert run.data.tags["trimtab.champion"] == "1"
    assert {file.path for file in client.list_artifacts(first.run_id)} == {"report.html", "verdict.json"}


def test_window_the_champion_has_seen_is_not_checked_and_does_not_count_for_max_age(published, runs, record):
    project = published("trained-late")
    declare(project, max_age=2)
    record(project, learnt_until="2013-06-01", seen_until="2013-07-01")
    arrive(project, "2013-05", "2013-06")

    with pytest.raises(NoWindowToCheckError, match="it has seen the data until 2013-07-01") as refused:
        check(project)
    assert runs("trained-late-drift") == []
    assert "the newest window is 2013-06" in str(refused.value)

    arrive(project, "2013-07")
    first = check(project)
    assert (first.window, first.also, first.decision) == ("2013-07", (), "none")
    assert sorted(by_window(runs("trained-late-drift"))) == ["2013-07"]


@pytest.mark.slow
def test_verdicts_on_windows_the_champion_has_seen_do_not_count_for_max_age(client, published, runs, record):
    project = published("once-judged")
    declare(project, max_age=3)
    arrive(project, "2013-05", "2013-06")
    check(project)
    record(project, learnt_until="2013-06-01", seen_until="2013-07-01")
    arrive(project, "2013-07")

    assert check(project).decision == "none", (
        "of three verdicts, one is on a window the champion has not seen"
    )


@pytest.mark.slow
def test_windows_between_training_and_first_check_are_checked(client, published, runs):
    project = published("first-check-late")
    declare(project)
    arrive(project, "2013-03", "2013-04", "2013-05", "2013-06")

    newest = check(project)

    assert (newest.window, newest.also) == ("2013-06", ("2013-04", "2013-05"))
    assert sorted(by_window(runs("first-check-late-drift"))) == ["2013-04", "2013-05", "2013-06"]


@pytest.mark.parametrize(
    ("until", "checked"),
    [
        pytest.param("2013-06-01", "2013-05", marks=pytest.mark.slow),
        pytest.param("2013-06-15", "2013-05", marks=pytest.mark.slow),
        ("2013-06-30T23", "2013-05"),
        ("2099-01-01", None),
    ],
)
def test_window_is_checked_once_it_is_complete(client, published, until, checked):
    name = f"until-{until[:7]}{until[8:]}"
    project = published(name).declare("model", meta={"trusted_types": [], "data_until": until})
    declare(project)
    future = f"{datetime.now(UTC).year + 1}-01"
    arrive(project, "2013-05", "2013-06" if checked else future)

    if checked is None:  # a window in the future is not complete
        arrive(project, "2013-07")
    assert check(project).window == (checked or "2013-07")


def test_incomplete_window_is_checked_again_once_it_is_complete(client, published, runs):
    project = published("stump")
    declare(project)
    rows = pd.read_parquet(project.test)
    rows.iloc[:150].to_parquet(project.root / "windows" / "2013-05.parquet")
    early = check(project)
    client.delete_tag(early.run_id, "trimtab.complete")  # as in old verdicts
    arrive(project, "2013-05", "2013-06")

    newest = check(project)

    assert (newest.window, newest.also) == ("2013-06", ("2013-05",))
    run = by_window(runs("stump-drift"))["2013-05"]
    assert (run.info.run_id, run.data.metrics["rows"]) == (early.run_id, len(rows))
    assert check(project).also == ()


def test_champion_without_recorded_data_end_is_refused(client, published, runs, record):
    project = published("of-old")
    record(project, data_until="")
    arrive(project, "2013-05")

    with pytest.raises(
        DriftError, match="The end of the data that of-old version 1 has seen is not recorded"
    ):
        check(project)

    assert runs("of-old-drift") == []


@pytest.mark.parametrize("name", ["may", "2013-13", "2013-5"])
def test_file_not_named_after_a_window_is_refused(client, watched, name, tmp_path):
    folder = watched.root / name
    folder.mkdir()
    (folder / f"{name}.parquet").write_bytes(watched.test.read_bytes())

    with pytest.raises(DriftError, match=f"The name is not that of a window: '{name}'"):
        check_newest_window(watched.root, watched.graph, name, dag_run="drift_check/1")


def test_missed_windows_are_checked_in_order_and_request_no_retrain(client, published, runs):
    project = published("missed")
    declare(project, max_age=2)
    arrive(project, "2013-05")
    check(project)
    arrive(project, "2013-06", "2013-07")

    newest = check(project)

    kept = by_window(runs("missed-drift"))
    assert newest.also == ("2013-06",)
    assert sorted(kept) == ["2013-05", "2013-06", "2013-07"]
    assert kept["2013-06"].info.start_time < kept["2013-07"].info.start_time
    assert kept["2013-06"].data.tags["trimtab.outcome"] == ""
    assert kept["2013-07"].data.tags["trimtab.outcome"] == "pending"
    assert newest.decision == "retrain"


@pytest.mark.slow
def test_window_checked_after_a_later_one_requests_no_retrain(client, published, runs):
    project = published("backfilled")
    declare(project, max_age=1)
    arrive(project, "2013-04", "2013-06")
    later = check(project)
    (project.root / "windows" / "2013-06.parquet").unlink()
    arrive(project, "2013-05")

    earlier = check(project)

    assert (later.decision, later.asks) == ("retrain", True)
    assert (earlier.window, earlier.decision, earlier.asks) == ("2013-05", "retrain", False)
    assert pending_windows("backfilled") == ["2013-06"]


@pytest.mark.slow
def test_new_champion_has_age_one(client, published, runs):
    project = published("replaced")
    declare(project, max_age=2)
    arrive(project, "2013-05")
    check(project)
    project.publish(model_of(project, c=0.01))
    client.set_registered_model_alias("replaced", "champion", "2")
    arrive(project, "2013-06")

    newest = check(project)

    assert (newest.champion, newest.decision) == (2, "none")


@pytest.mark.slow
def test_cooldown_and_budget_apply_over_several_checks(client, published):
    project = published("held")
    declare(project, max_age=1, cooldown=1, budget=2, budget_windows=12)
    decisions = []
    for month in range(5, 10):
        arrive(project, f"2013-{month:02}")
        checked = check(project)
        decisions.append((checked.decision, checked.sentence.rpartition("follows: ")[2]))
        if checked.decision == "retrain":
            record_retrain_outcome("held", checked.window, "promoted")

    assert [decision for decision, _ in decisions] == ["retrain", "watch", "retrain", "watch", "investigate"]
    assert "the cooldown is 1" in decisions[1][1]
    assert "2 of 2 retrains in 12 windows are spent" in decisions[4][1]


def test_missing_windows_folder_records_nothing(client, watched, runs):
    before = len(runs("watched-drift"))

    with pytest.raises(DriftError, match="no window"):
        check_newest_window(watched.root, watched.graph, "nowhere", dag_run="drift_check/1")

    assert len(runs("watched-drift")) == before


def test_check_without_a_champion_records_nothing(client, project, runs):
    (project.root / "windows").mkdir()
    (project.root / "windows" / "2013-06.parquet").write_bytes(project.test.read_bytes())

    with pytest.raises(RegistryError, match="is champion"):
        check(project)

    assert runs(f"{project.name}-drift") == []


def test_function_that_the_checkout_does_not_declare_is_refused_before_anything_is_read(published):
    project = published("names-code")
    declare(project, rules=[{"rule": "os:getcwd"}])
    with pytest.raises(ConfigError, match="'os:getcwd', which is not declared in the checkout"):
        check(project)


def test_rule_and_statistic_of_the_project_are_in_the_recorded_verdict(client, published):
    project = published("own-rules")
    functions = {
        "shop:constant": lambda reference, window: 0.0,
        "shop:stock": lambda measurement, policy, own: DriftRule.untested(
            "stock", 3.0, 2.0, fired=True, leads_to="watch", sentence="the stock is 3."
        ),
    }
    declare(project, rules=[{"rule": "shop:stock"}], statistics=[{"statistic": "shop:constant", "max": 0.1}])
    arrive(project, "2013-06")
    checked = check_newest_window(
        project.root, project.graph, "windows", dag_run="drift_check/1", extensions=functions
    )
    assert (checked.decision, checked.sentence) == ("watch", "Watch: the stock is 3.")
    run = client.get_run(checked.run_id)
    assert run.data.tags["trimtab.exceeded"] == "stock"


def test_functions_of_a_checkout_are_those_of_its_policy(published):
    project = published("declares-code")
    declare(project, rules=[{"rule": "operator:add"}])
    assert drift_extensions(project.root) == {"operator:add": operator.add}


def test_retrain_beyond_the_budget_of_the_repository_is_left_to_a_person(client, published, runs):
    project = published("over-budget")
    (project.root / ".git").mkdir()
    (project.root / "trimtab.yaml").write_text("drift: {retrains: 0}\n")
    declare(project, max_age=1)
    arrive(project, "2013-06")

    checked = check(project)

    assert (checked.decision, checked.asks) == ("investigate", False)
    assert checked.sentence.endswith(" of 0 retrains of the repository in 7 days are spent.")
    assert pending_windows("over-budget") == []


@pytest.mark.slow
def test_retrains_of_all_models_count_for_the_budget_of_the_repository(client, published):
    begin = datetime.now(UTC)
    for name in ("first-of-two", "second-of-two"):
        project = published(name)
        declare(project, max_age=1)
        arrive(project, "2013-06")
        assert check(project).asks

    assert count_retrains(client, begin) == 2
    assert count_retrains(client, datetime.now(UTC) + timedelta(days=1)) == 0


def test_drift_check_of_a_model_of_another_pipeline_is_refused(client, published, runs):
    project = published("of-another")
    (project.root / ".git").mkdir()
    (project.root / "pipelines" / "owner" / ".dvc").mkdir(parents=True)
    client.set_model_version_tag("of-another", "1", "trimtab.pipeline", "pipelines/owner")
    arrive(project, "2013-06")

    with pytest.raises(RegistryError, match="belongs to another pipeline: pipelines/owner"):
        check(project)
    assert runs("of-another-drift") == []
