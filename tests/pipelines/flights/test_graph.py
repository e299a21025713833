"""dvc.yaml, params.yaml and the code say the same."""

import sys

import pytest
from dvc.repo import Repo

from pipelines.flights.evaluate import EvaluateParams
from pipelines.flights.ingest import IngestParams
from pipelines.flights.prepare import PrepareParams
from pipelines.flights.split import SplitParams
from pipelines.flights.train import TrainParams
from trimtab.config import load_params
from trimtab.drift import DriftPolicy
from trimtab.registry import PromotePolicy, ScorePolicy
from trimtab.stages import run

SECTIONS = {
    "ingest": IngestParams,
    "prepare": PrepareParams,
    "split": SplitParams,
    "train": TrainParams,
    "evaluate": EvaluateParams,
    "drift": DriftPolicy,
    "promote": PromotePolicy,
    "score": ScorePolicy,
}
ORDER = [
    "ingest",
    "validate_raw",
    "prepare",
    "validate_features",
    "split",
    "train",
    "evaluate",
    "validate_model",
    "upcoming",
]


@pytest.fixture(scope="module")
def stages(root):
    with Repo(str(root)) as repo:
        return {stage.name: stage for stage in repo.index.stages}


def test_stages_and_gates_stand_in_the_order_of_the_design(stages):
    assert set(stages) == set(ORDER)
    gates = {name: (stages[name].meta or {}).get("trimtab", {}).get("gate") for name in ORDER}
    assert {name: gate for name, gate in gates.items() if gate} == {
        "validate_raw": "data",
        "validate_features": "data",
        "validate_model": "model",
    }


def test_every_stage_says_what_it_does(stages):
    assert all(stage.desc for stage in stages.values())


def test_every_file_of_the_pipeline_is_marked_as_the_forks_own(root):
    files = [root / "dvc.yaml", root / "params.yaml", *(root / "pipelines/flights").rglob("*.py")]
    files += (root / "pipelines/flights/expectations").glob("*.yaml")
    unmarked = [
        file.name
        for file in files
        if file.read_text() and "Yours to edit" not in file.read_text().splitlines()[0]
    ]
    assert unmarked == []


@pytest.mark.parametrize("section", SECTIONS)
def test_params_fit_their_models(section, root):
    load_params(SECTIONS[section], section, root / "params.yaml")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("prepare: {late_minutes: 15}", "The section is missing: split"),
        ("split: {}", "'test_months' is missing"),
        ("split: {test_months: many}", "'test_months' is 'many'"),
        ("split: {test_month: 1}", "unknown key 'test_month'; did you mean 'test_months'"),
        ("split: {test_months: 0}", "'test_months' is 0"),
    ],
)
def test_bad_params_end_a_stage_with_a_message_and_no_output(
    params, message, root, tmp_path, monkeypatch, capsys
):
    from pipelines.flights import split

    (tmp_path / "params.yaml").write_text(params)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["split", "--features", "f", "--train", "out/a", "--test", "out/b"])
    with pytest.raises(SystemExit) as ended:
        run(split.main)
    assert message in str(ended.value.code)
    assert "params.yaml" in str(ended.value.code)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(root, tmp_path, monkeypatch):
    from pipelines.flights import ingest

    (tmp_path / "data").write_text("a file where the folder should be")
    monkeypatch.chdir(root)
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "ingest",
            "--raw",
            f"{tmp_path}/data/raw",
            "--weather",
            f"{tmp_path}/w",
            "--planes",
            f"{tmp_path}/p",
        ],
    )
    with pytest.raises(SystemExit, match=f"{tmp_path}/data"):
        run(ingest.main)
