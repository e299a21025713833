"""Models of each format: registered in MLflow's own flavor, compared, and scored as MLflow serves them."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from tests.library.learning.formats.model_files import LABELS, ROWS, WRITERS, label_of
from tests.library.learning.formats.model_folders import TRUSTED, formula_folder
from tests.library.registry.attacker import Attacker
from tests.library.registry.fixtures import Made
from trimtab.errors import ModelError, RegistryError
from trimtab.learning import PROBLEM_TYPES
from trimtab.pipeline.graph.project import Project
from trimtab.registry import Version, publish
from trimtab.registry.loading import ModelTrust, load_version
from trimtab.registry.promotion.comparison import compare_versions
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.scoring.table_scorer import load_scorer
from trimtab.registry.tracking import connection

FLAVORS = {
    "lightgbm": "lightgbm",
    "xgboost": "xgboost",
    "onnx": "onnx",
    "catboost": "catboost",
    "pyfunc": "python_function",
}
FAST = [("lightgbm", "binary"), ("xgboost", "multiclass"), ("onnx", "regression")]
PAIRS = [
    pytest.param(format_, problem, marks=() if (format_, problem) in FAST else pytest.mark.slow)
    for format_ in FLAVORS
    for problem in LABELS
]
PAIRS += [
    pytest.param(format_, "quantile", marks=pytest.mark.slow) for format_ in ("xgboost", "catboost", "pyfunc")
]


def put(project: Made, format_: str, problem: str, folder: Path) -> Made:
    """Make a model file that of the project; or a folder, which its commit trusts."""
    folder.mkdir()
    if format_ == "pyfunc":
        file, trusted = formula_folder(folder / "model", problem, folder / "loaded"), "mlflow.pyfunc"
    else:
        file, trusted = WRITERS[format_](folder, problem).path, ""
    text = (project.root / "dvc.yaml").read_text()
    for old, new in {
        "flights.skops": f"flights{file.suffix}",
        "trusted_types: []": f"trusted_types: [{trusted}], problem_type: {problem}",
        "  flights-reference: {path: models/reference.json, type: drift-reference}\n": "",
        "label: late": "label: label",
        "&& cp made/flights": "&& cp -r made/flights",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    (project.root / "dvc.yaml").write_text(text)
    params = project.root / "params.yaml"
    params.write_text(
        params.read_text().replace("promote:\n  metric: roc_auc\n", "promote: {resamples: 100}\n")
    )
    made = project.root / "made"
    if file.is_dir():
        shutil.copytree(file, made / "flights")
    else:
        (made / f"flights{file.suffix}").write_bytes(file.read_bytes())
    ROWS.head().to_parquet(made / "input_example.parquet")
    ROWS.assign(label=label_of(problem)).to_parquet(made / "test.parquet")
    project.repro()
    return dataclasses.replace(project, graph=Project(project.root).graph()).declare(
        "model", name=project.name
    )


def register(project: Made, format_: str, problem: str, tmp_path: Path) -> Version:
    return publish(put(project, format_, problem, tmp_path / format_).gather())


@pytest.mark.slow
@pytest.mark.parametrize(("format_", "problem"), PAIRS)
def test_score_command_gives_what_mlflow_serves(client, made_project, tmp_path, format_, problem):
    version = register(made_project, format_, problem, tmp_path)
    table, out = tmp_path / "table.parquet", tmp_path / "scores.parquet"
    ROWS.to_parquet(table)

    with connection():
        scorer = load_scorer(
            version, ModelTrust(TRUSTED if format_ == "pyfunc" else ()), PROBLEM_TYPES[problem]
        )
    scorer.score(table, out)
    served = mlflow.pyfunc.load_model(version.uri).predict(ROWS)

    columns = list(scorer.model.problem.columns)
    scored = pd.read_parquet(out)[columns].to_numpy()
    np.testing.assert_allclose(scored, as_array(served, columns), atol=1e-9)
    assert FLAVORS[format_] in mlflow.models.get_model_info(version.uri).flavors


def as_array(served, columns: list[str]) -> np.ndarray:
    """Return what a served model answers, whatever its type, with the columns of the scores."""
    if isinstance(served, pd.DataFrame) and isinstance(served.iloc[0, -1], dict):  # by class, of ONNX
        return pd.DataFrame(served.iloc[:, -1].tolist()).to_numpy()[:, -len(columns) :]
    answer = np.asarray(served, dtype=float).reshape(len(ROWS), -1)
    return answer[:, -len(columns) :]


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["lightgbm", "pyfunc"])
def test_challenger_of_another_format_is_compared_with_the_champion(client, made_project, tmp_path, format_):
    problem = PROBLEM_TYPES["regression"]
    old = register(made_project.copy(tmp_path / "old", made_project.name), "skops", "regression", tmp_path)
    new = register(made_project.copy(tmp_path / "new", made_project.name), format_, "regression", tmp_path)
    test = tmp_path / "test.parquet"
    ROWS.assign(label=LABELS["regression"]).to_parquet(test)

    with connection():
        (found,) = compare_versions(
            [new],
            old,
            PromotePolicy(resamples=100),
            trusted=ModelTrust(TRUSTED if format_ == "pyfunc" else ()),
            test=test,
            label="label",
            metric=problem.metrics["mae"],
            problem=problem,
        )

    assert found.obstacle == ""
    assert found.pairs["mae"].champion < found.pairs["mae"].challenger


def test_model_that_its_format_cannot_load_is_not_registered(
    client, made_project, tmp_path, assert_nothing_registered
):
    project = put(made_project, "xgboost", "regression", tmp_path / "made")
    (project.root / "made" / "flights.ubj").write_bytes(b"{}")
    project.repro()

    with pytest.raises(ModelError, match="The model file cannot be loaded"):
        publish(project.gather())

    assert_nothing_registered(project.name)


def test_folder_that_the_commit_does_not_trust_is_not_registered_and_executes_nothing(
    client, made_project, tmp_path, assert_nothing_registered
):
    project = put(made_project, "pyfunc", "regression", tmp_path / "made")
    file = project.root / "dvc.yaml"
    file.write_text(file.read_text().replace("[mlflow.pyfunc]", "[]"))
    project = dataclasses.replace(project, graph=Project(project.root).graph()).declare(
        "model", name=project.name
    )

    with pytest.raises(ModelError, match=r"'mlflow\.pyfunc' is not trusted"):
        publish(project.gather())

    assert_nothing_registered(project.name)
    assert not (tmp_path / "made" / "loaded").exists()


@pytest.mark.slow
def test_registered_folder_is_loaded_by_another_process_only_if_it_is_trusted_and_unaltered(
    client, server, made_project, tmp_path
):
    version = register(made_project, "pyfunc", "regression", tmp_path)
    problem, loaded = PROBLEM_TYPES["regression"], tmp_path / "pyfunc" / "loaded"
    assert str(os.getpid()) not in loaded.read_text().split()
    loaded.unlink()

    with connection(), pytest.raises(ModelError, match=r"'mlflow\.pyfunc' is not trusted"):
        load_version(version, tmp_path / "untrusted", ModelTrust(("sklearn.tree.Tree",)), problem)
    Attacker(server, version.name, version.version).append("data/model/python_model.pkl", b"altered")
    with connection(), pytest.raises(RegistryError, match="differ from those that were registered"):
        load_version(version, tmp_path / "altered", ModelTrust(TRUSTED), problem)

    assert not loaded.exists()
