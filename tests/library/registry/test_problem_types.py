"""Each problem type in the registry, from registration to rebuild."""

from __future__ import annotations

import dataclasses
import json
import subprocess

import mlflow
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from tests.library.quantile_models import fit_quantiles
from tests.library.registry.one_challenger import compare_with_champion
from tests.library.registry.problem_projects import CABINS, FEATURES, KINDS, make_project, registered, tickets
from trimtab.cli.main import cli
from trimtab.errors import ConfigError, ModelError, RegistryError, ScoringError
from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.registry import (
    PromotePolicy,
    ScorePolicy,
    find_promote_metric,
    load_champion,
    load_scorer,
    promote_manually,
    promote_metrics,
    roll_back,
    score_in_shadow,
    score_windows,
)
from trimtab.registry.loading.model_loading import load_version, smoke_test
from trimtab.registry.promotion.comparison import compare_versions
from trimtab.registry.promotion.promotion_rules import apply_rules
from trimtab.registry.tracking.server import connection

__all__ = ["registered"]

FORBIDDEN = ("positive", "probabilit", "ROC")  # words that say nothing of a regression


@pytest.fixture
def meet(client, registered):
    """Compare two versions on the test window."""

    def run(new, old, *, test=None, problem=registered.kind.problem, **policy):
        given = PromotePolicy(resamples=100, **policy)
        with connection():
            (found,) = compare_versions(
                [new],
                old,
                given,
                test=test or registered.project.test,
                label=registered.kind.label,
                metric=problem.metrics[given.metric_name(problem)],
                problem=problem,
            )
            return found

    return run


@pytest.mark.slow
def test_version_has_the_problem_type_as_a_sealed_tag_and_in_its_description(client, registered):
    version, kind = registered.strong, registered.kind

    assert version.tags["trimtab.problem_type"] == kind.name
    assert version.problem_type == kind.name
    held = client.get_model_version(version.name, str(version.version))
    assert f"- problem type: {kind.name}" in held.description
    assert client.get_run(version.run_id).data.tags["trimtab.problem_type"] == kind.name
    tampered = dataclasses.replace(version, tags=version.tags | {"trimtab.problem_type": "binary"})
    with pytest.raises(RegistryError, match="differ from those it was registered with"), connection():
        smoke_test(tampered)


def test_models_command_shows_the_problem_type(client, registered):
    done = CliRunner().invoke(cli, ["models", "--model", registered.project.name, "--json"])
    facts = json.loads(done.stdout)["versions"][0]["facts"]
    assert facts["problem_type"] == registered.kind.name


def test_served_model_gives_the_numbers_of_the_score_command(client, registered, tmp_path):
    version, kind = registered.strong, registered.kind
    table, out = tickets(100, seed=9), tmp_path / "scores.parquet"
    table.to_parquet(tmp_path / "table.parquet")

    served = mlflow.pyfunc.load_model(version.uri).predict(table[FEATURES])
    scorer = load_scorer(version, problem=kind.problem)
    scorer.score(tmp_path / "table.parquet", out)

    scored = pd.read_parquet(out)[list(scorer.model.problem.columns)].to_numpy()
    np.testing.assert_array_equal(scored, np.asarray(served).reshape(len(table), -1))


def test_scores_have_the_columns_of_the_problem_type(client, registered, tmp_path):
    table, out = tickets(100, seed=9), tmp_path / "scores.parquet"
    table.to_parquet(tmp_path / "table.parquet")
    problem = registered.kind.problem

    load_scorer(registered.strong, problem=problem).score(tmp_path / "table.parquet", out, keys=["route"])

    scored = pd.read_parquet(out)
    if registered.kind.name == "regression":
        assert list(scored)[:2] == ["route", "prediction"]
        assert scored["prediction"].corr(table["fare"]) > 0.8
    elif registered.kind.name == "quantile":
        quantiles = ["quantile_0.05", "quantile_0.5", "quantile_0.95"]
        assert list(scored)[:4] == ["route", *quantiles]
        assert (scored[quantiles].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
        assert table["fare"].between(scored["quantile_0.05"], scored["quantile_0.95"]).mean() > 0.75
    else:
        probabilities = [f"probability_{name}" for name in sorted(CABINS)]
        assert list(scored)[:5] == ["route", "prediction", *probabilities]
        assert scored["prediction"].tolist() == [
            name.removeprefix("probability_") for name in scored[probabilities].idxmax(axis=1)
        ]
        assert (scored["prediction"] == table["cabin"]).mean() > 0.6
    assert list(scored)[-3:] == ["model", "model_version", "model_key"]


def test_scores_have_the_same_bytes_in_a_second_run_and_the_same_values_in_small_batches(
    client, registered, tmp_path, monkeypatch
):
    tickets(300, seed=9).to_parquet(tmp_path / "table.parquet")
    scorer = load_scorer(registered.strong, problem=registered.kind.problem)
    for name in ("first", "again"):
        scorer.score(tmp_path / "table.parquet", tmp_path / name)
    monkeypatch.setattr("trimtab.registry.scoring.table_scorer.BATCH", 64)
    scorer.score(tmp_path / "table.parquet", tmp_path / "parts")

    assert (tmp_path / "first").read_bytes() == (tmp_path / "again").read_bytes()
    assert pq.ParquetFile(tmp_path / "parts").num_row_groups == 5
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "parts"), pd.read_parquet(tmp_path / "first"), rtol=1e-12
    )


def test_key_column_with_the_name_of_a_prediction_is_refused(client, registered, tmp_path):
    scorer = load_scorer(registered.strong, problem=registered.kind.problem)
    taken = scorer.model.problem.table_columns[-1]
    tickets(10, seed=9).assign(**{taken: 1}).to_parquet(tmp_path / "table.parquet")

    with pytest.raises(ScoringError, match=f"names of result columns: {taken}"):
        scorer.score(tmp_path / "table.parquet", tmp_path / "scores.parquet", keys=[taken])


def test_predictions_that_are_not_finite_are_not_written(client, registered, tmp_path, monkeypatch):
    scorer = load_scorer(registered.strong, problem=registered.kind.problem)
    table, out = tickets(10, seed=9), tmp_path / "scores.parquet"
    table.to_parquet(tmp_path / "table.parquet")
    last = scorer.model.estimator.steps[-1][1]
    estimator = getattr(last, "estimators_", [last])[0]
    monkeypatch.setattr(estimator, "intercept_", estimator.intercept_ * np.nan)

    with pytest.raises(ScoringError, match=r"The predictions of .* are invalid: .*10 of 10"):
        scorer.score(tmp_path / "table.parquet", out)

    assert not out.exists()


def test_version_of_another_problem_type_is_refused_by_every_reader(client, registered, meet, tmp_path):
    version, problem = registered.strong, BINARY
    said = f"was registered as a model of type {registered.kind.name}, but the checkout declares binary"

    for read in (
        lambda: load_version(version, tmp_path, problem=problem),
        lambda: load_scorer(version, problem=problem),
        lambda: promote_manually(version, by="alice", reason="r", problem=problem),
        lambda: score_windows(version, tmp_path, ScorePolicy(), by="alice", problem=problem),
        lambda: meet(version, None, problem=problem),
    ):
        with pytest.raises(RegistryError, match=said):
            read()


def test_comparison_uses_the_metrics_of_the_problem_type(registered, meet):
    problem = registered.kind.problem

    found = meet(registered.strong, registered.weak)

    assert set(found.pairs) == set(problem.comparison_metrics)
    assert found.metric.name == problem.default_metric
    assert all(pair.gain > 0 for pair in found.pairs.values())
    assert apply_rules(found, PromotePolicy(), retired=False).verdict == "better"
    back = apply_rules(meet(registered.weak, registered.strong), PromotePolicy(), retired=False)
    assert back.verdict == "not better"


def test_champion_of_another_problem_type_is_left_to_a_person(registered, meet, contenders):
    found = meet(registered.strong, contenders[2])

    assert "registered as a model of type binary, but the checkout declares" in found.obstacle
    assert apply_rules(found, PromotePolicy(), retired=False).verdict == "a person decides"


@pytest.mark.parametrize("metric", ["roc_auc", "matthews_corrcoef", "bias"])
def test_metric_that_the_problem_type_does_not_compare_in_is_refused_with_the_list(registered, metric):
    problem = registered.kind.problem
    policy = PromotePolicy.model_construct(metric=metric)

    with pytest.raises(ConfigError, match=f"{metric}.*known: {problem.default_metric}"):
        find_promote_metric(policy, promote_metrics(registered.project.root, problem), problem)


@pytest.mark.slow
def test_window_of_a_retrained_model_with_a_new_class_is_compared(client, server, template, tmp_path):
    """Two classes are known to the champion, three to the challenger; the window has a fourth."""
    kind = KINDS["multiclass"]
    project = make_project(template, tmp_path, kind, "new-class")
    table = tickets(400, seed=1)
    known = table[table["cabin"] != "first"]
    old = project.publish(LogisticRegression(max_iter=1000).fit(known[FEATURES], known["cabin"]))
    new = project.publish(LogisticRegression(max_iter=1000).fit(table[FEATURES], table["cabin"]))
    window = pd.read_parquet(project.test)
    window.loc[window.index < 5, "cabin"] = "private jet"
    window.to_parquet(tmp_path / "window.parquet")

    with connection():
        (found,) = compare_versions(
            [new],
            old,
            PromotePolicy(resamples=100),
            test=tmp_path / "window.parquet",
            label="cabin",
            metric=kind.problem.metrics["log_loss"],
            problem=kind.problem,
        )

    assert set(found.problem.classes) == {*CABINS, "private jet"}
    assert found.scored.challenger.shape == found.scored.champion.shape == (600, 4)
    assert found.pairs["log_loss"].low > 0
    assert load_scorer(old, problem=kind.problem).model.problem.classes == ("business", "economy")


@pytest.mark.slow
def test_champion_of_other_quantiles_is_left_to_a_person(client, template, tmp_path):
    kind = KINDS["quantile"]
    project = make_project(template, tmp_path, kind, "other-levels")
    table = tickets(400, seed=1)
    old = project.publish(fit_quantiles(StandardScaler(), table[FEATURES], table["fare"], (0.1, 0.9)))
    new = project.publish(kind.fit(seed=1))

    with connection():
        (found,) = compare_versions(
            [new],
            old,
            PromotePolicy(resamples=100),
            test=project.test,
            label="fare",
            metric=kind.problem.metrics["mean_pinball_loss"],
            problem=kind.problem,
        )

    assert found.obstacle.endswith("it predicts the quantiles 0.1, 0.9, not 0.05, 0.5, 0.95")
    assert apply_rules(found, PromotePolicy(), retired=False).verdict == "a person decides"


def test_promotion_and_rollback_of_each_problem_type_pass_the_smoke_test(client, registered, tmp_path):
    kind, name = registered.kind, registered.project.name

    compared = compare_with_champion(
        registered.strong,
        PromotePolicy(resamples=100),
        test=registered.project.test,
        label=kind.label,
        metric=kind.problem.metrics[kind.problem.default_metric],
        problem=kind.problem,
    )
    promote_manually(registered.weak, by="alice", reason="r", problem=kind.problem)
    promote_manually(registered.strong, by="alice", reason="r", problem=kind.problem)
    champion = load_champion(name, into=tmp_path / "champion", problem=kind.problem)
    entry = roll_back(name, by="alice", reason="r", problem=kind.problem)

    assert "good enough for the first champion" in compared.sentence
    rows = tickets(20, seed=9)
    assert champion.model.problem.find_invalid(champion.model.predict(rows)) == ""
    assert entry.champion == registered.weak.version


def test_shadow_scores_are_compared_by_problem_type(client, registered, tmp_path):
    windows, problem = tmp_path / "windows", registered.kind.problem
    windows.mkdir()
    tickets(200, seed=20).to_parquet(windows / "2013-06.parquet")
    settings = {"by": "a", "problem": problem}

    score_windows(registered.strong, windows, ScorePolicy(shadow=True), **settings)
    (beside,) = score_in_shadow(
        registered.weak, registered.strong, windows, ScorePolicy(shadow=True), **settings
    )

    figures = set(beside.figures)
    if registered.kind.name == "regression":
        assert figures == {"rows", "mean_difference", "mean_absolute_difference", "correlation"}
        assert beside.figures["mean_absolute_difference"] > 10
    elif registered.kind.name == "quantile":
        differences = {"mean_difference", "mean_absolute_difference", "mean_width_difference"}
        assert figures == {"rows", "correlation", *differences}
        assert beside.figures["mean_width_difference"] > 50, "the weak model knows the mean spread only"
    else:
        assert figures == {"rows", "share_changed"}
        assert beside.figures["share_changed"] > 0.2


def test_comparison_report_has_figures_and_curves_of_the_problem_type(client, registered, tmp_path):
    kind = registered.kind
    if not client.get_registered_model(registered.project.name).aliases.get("champion"):
        promote_manually(registered.weak, by="alice", reason="r", problem=kind.problem)

    compared = compare_with_champion(
        registered.strong,
        PromotePolicy(resamples=100, slices={"columns": ["route"], "min_rows": 50}),
        test=registered.project.test,
        label=kind.label,
        metric=kind.problem.metrics[kind.problem.default_metric],
        problem=kind.problem,
    )

    page = mlflow.artifacts.load_text(f"runs:/{compared.run_id}/comparison/report.html")
    content = json.loads(mlflow.artifacts.load_text(f"runs:/{compared.run_id}/comparison/comparison.json"))
    assert content["policy"]["metric"] == kind.problem.default_metric
    assert content["policy"]["slices"]["max_loss"] == kind.problem.default_max_loss
    assert page.count("<svg") >= 2 + len(kind.problem.comparison_metrics)
    assert "slices.max_loss" in page
    if kind.name != "multiclass":
        assert [word for word in FORBIDDEN if word in page] == []


NOT_FITTING = {
    "regressor declared binary": ("binary", LinearRegression, "fare", "it gives no probabilities"),
    "regressor declared multiclass": ("multiclass", LinearRegression, "fare", "it gives no probabilities"),
    "classifier declared regression": ("regression", LogisticRegression, "cabin", "it is a classifier"),
    "regressor declared quantile": ("quantile", LinearRegression, "fare", "does not say which quantiles"),
    "three classes declared binary": ("binary", LogisticRegression, "cabin", "it has 3 classes, not two"),
    "two outputs": ("regression", LinearRegression, FEATURES, "predicts 2 numbers for a row"),
    "regressor with NaN": ("regression", LinearRegression, "fare", "60 of 60 predictions are not finite"),
    "classifier with NaN": ("multiclass", LogisticRegression, "cabin", "60 of 60 rows are no probabilities"),
}


@pytest.mark.parametrize("case", NOT_FITTING)
def test_model_that_does_not_fit_the_declared_type_is_not_registered(
    client, project, assert_nothing_registered, case
):
    declared, estimator, label, said = NOT_FITTING[case]
    table = tickets(60, seed=1)
    model = estimator().fit(table[FEATURES], table[label])
    if "NaN" in case:
        model.intercept_ = model.intercept_ * np.nan
    table[FEATURES].to_parquet(project.root / "made/input_example.parquet")
    project.put(model)
    project.repro()
    typed = project.declare("model", meta={"trusted_types": [], "problem_type": declared})

    with pytest.raises(ModelError, match=f"does not predict for its input example: .*{said}"):
        typed.publish()

    assert_nothing_registered(project.name)


def test_content_key_of_a_binary_project_is_that_of_earlier_releases_and_another_type_has_another(template):
    def key(**meta):
        return template.declare("model", meta={"trusted_types": [], **meta}).gather().key

    assert key() == key(problem_type="binary")
    assert len({key(problem_type=name) for name in PROBLEM_TYPES}) == len(PROBLEM_TYPES)


def test_version_of_an_earlier_release_without_the_tag_is_binary_and_its_seal_verifies(
    client, published, record, tmp_path
):
    # given a version whose tags and seal know no problem type
    project = published("no-problem-type")
    client.delete_model_version_tag(project.name, "1", "trimtab.problem_type")
    record(project)

    champion = load_champion(project.name, into=tmp_path / "champion")

    assert "trimtab.problem_type" not in champion.version.tags
    assert champion.version.problem_type == "binary"
    with pytest.raises(RegistryError, match="of type binary, but the checkout declares regression"):
        load_champion(project.name, into=tmp_path / "other", problem=PROBLEM_TYPES["regression"])


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_commands_take_a_project_of_each_type_from_publish_to_rebuild(
    client, template, tmp_path, monkeypatch, name
):
    kind = KINDS[name]
    project = make_project(template, tmp_path, kind, f"commands-{name}")
    root = project.root
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n")
    (root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n")
    (root / "params.yaml").open("a").write(
        "retention: {champion_days: 730, candidate_days: 90, verdict_days: 730, report_days: 30,"
        " object_days: 30}\nscore: {keys: [route]}\n"
    )

    def run(*args: str) -> str:
        done = CliRunner().invoke(cli, args, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def commit(message: str) -> None:
        for args in (["add", "-A"], ["commit", "-qm", message]):
            subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)

    subprocess.run(["git", "init", "-q"], check=True)
    commit("Strong")
    assert "promoted: " in run("publish", "--promote")
    project.put(kind.fit(seed=8, weak=True))
    project.repro()
    commit("Weak")
    assert "not promoted: " in run("publish", "--promote")
    run("promote", "2", "--reason", "to try it")
    run("rollback", "--reason", "it is worse")
    tickets(50, seed=9).to_parquet("table.parquet")
    assert "50 rows scored by" in run("score", "table.parquet", "scores.parquet")
    assert pd.read_parquet("scores.parquet").columns[1] in ("prediction", "quantile_0.05")
    assert kind.name in run("models")
    run("verify")
    assert "identical" in run("rebuild", "1")
