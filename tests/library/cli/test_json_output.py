"""`--json`: every command prints one JSON object, and an error is one too."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library.cli.test_command_groups import LEAVES
from tests.library.registry.rows import FEATURES, flights
from trimtab.cli.json_output import JSON, print_json
from trimtab.cli.main import main

WITHOUT_JSON = {
    "debug": "it opens a shell",
    "completion": "it prints a shell script",
    "exec": "its output is that of the command",
    "otel dashboard": "its output is a file of Grafana",
    "otel metrics": "its output is a table of the docs",
    "otel rules": "its output is a file of Prometheus",
    "sbom": "its output is JSON of CycloneDX",
    "up": "it runs until Ctrl-C",
}
ELSEWHERE = {  # their tests have what they need
    "doctor": "tests/library/cli/test_doctor.py",
    "fetch": "tests/library/cli/test_records.py",
    "incident note": "tests/library/cli/test_incident.py",
    "incident resolve": "tests/library/cli/test_incident.py",
    "incident show": "tests/library/cli/test_incident.py",
    "postmortem": "tests/library/cli/test_incident.py",
    "drift replay": "tests/library/cli/test_drift_replay.py",
    "loop": "tests/library/e2e",
    "remove-example": "tests/library/cli/test_template.py",
    "new": "tests/library/scaffold/test_new_pipelines.py",
    "update": "tests/library/cli/test_update.py",
    "upgrade-test": "tests/library/template/test_trial.py",
    "drill": "tests/library/registry/recovery/test_drill_run.py",
    "serve": "tests/library/registry/serving/test_inference_service.py",
    "inventory": "tests/library/registry/recovery/test_inventory.py",
    "isolate": "tests/library/registry/recovery/test_affected.py",
    "why": "tests/library/cli/test_diagnosis.py",
}
SUITE = "name: rows\nexpectations: [{type: expect_table_row_count_to_be_between, kwargs: {min_value: 1}}]\n"
PARAMS = "validate_model: {checks: [{metric: auc, min: 0.1}]}\nretention: {}\nscore: {}\n"
NO_EARLIER_CHAMPION = "rollback --reason test"
CALLS = [  # in an order in which each has what it needs
    "dag",
    "run",
    "plan",
    "checkout HEAD {tmp}/checkout",
    "publish",
    "promote 1 --reason first",
    "publish --promote",
    "models",
    "status",
    "incident list",
    "slo",
    "slo unfreeze --reason test",
    "report delivery",
    "models at 2013-07-01",
    "compare",
    "score {tmp}/rows.parquet {tmp}/scores.parquet",
    "dossier 1 --out {tmp}/dossier",
    "verify",
    "backup {tmp}/backup",
    "restore {tmp}/backup {tmp}/restored",
    "prune",
    "rebuild 1",
    NO_EARLIER_CHAMPION,
    "drift report",
    "drift reference --data made/test.parquet --out {tmp}/reference.json",
    "drift check --reference {tmp}/reference.json --current made/test.parquet --out {tmp}/drift",
    "gate suggest made/test.parquet",
    "gate data --suite {tmp}/suite.yaml --data made/test.parquet --out {tmp}/data",
    "gate model --metrics {tmp}/metrics.json --out {tmp}/model",
]

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text()

Outcome = tuple[int, str, str]


@pytest.fixture
def trimtab(monkeypatch, capsys) -> Callable[..., Outcome]:
    """Call the command line as its script does: exit code, standard output, standard error."""
    handler = signal.getsignal(signal.SIGTERM)
    yield lambda *args: _call(monkeypatch, capsys, args)
    signal.signal(signal.SIGTERM, handler)


def _call(monkeypatch, capsys, args) -> Outcome:
    monkeypatch.setattr("sys.argv", ["trimtab", *args])
    code = 0
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    return code, *capsys.readouterr()


@pytest.mark.parametrize("path", LEAVES)
def test_command_has_the_option_json_or_a_reason_against_it(path):
    has = any(JSON in option.opts for option in LEAVES[path].params)

    assert has != (path in WITHOUT_JSON), (
        f"give `trimtab {path}` `@json_option` and call `print_json`, or say in WITHOUT_JSON why not"
    )


def test_every_command_with_json_is_called_by_the_test_below():
    called = {path for path in LEAVES for call in CALLS if f"{call} ".startswith(f"{path} ")}

    assert set(LEAVES) - called == WITHOUT_JSON.keys() | ELSEWHERE.keys(), "add a call to CALLS"


@pytest.mark.slow
def test_every_command_with_json_prints_one_object_with_a_schema_of_the_docs(
    client, checkout, database, trimtab, tmp_path, monkeypatch
):
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{database}")
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(database.parent / "artifacts"))
    (tmp_path / "metrics.json").write_text('{"auc": 0.8}')
    (tmp_path / "suite.yaml").write_text(SUITE)
    flights(20, seed=7)[FEATURES].to_parquet(tmp_path / "rows.parquet")
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text() + PARAMS)
    wrong, refused = {}, {}

    for call in CALLS:
        code, out, err = trimtab(*shlex.split(call.format(tmp=tmp_path)), JSON)
        text = out or err.splitlines()[-1]
        try:
            content = json.loads(text)
        except ValueError:
            wrong[call] = (code, out, err)
            continue
        if f"`{content['schema']}`" not in f"{PAGE} `trimtab.error/1`" or "\x1b" in text:
            wrong[call] = (code, out, err)
        if not out:
            refused[call] = content["what"]

    assert wrong == {}
    assert refused.keys() == {NO_EARLIER_CHAMPION}, refused


@pytest.mark.parametrize(
    ("args", "error", "code"),
    [
        (["pln", JSON], "There is no command 'pln'; did you mean 'plan'?", 2),
        (["plan", "--forse", JSON], "No such option '--forse'", 2),
        (["dag", JSON, "missing"], "The folder is not a DVC project", 1),
    ],
)
def test_error_with_json_is_one_line_of_json_on_standard_error(
    trimtab, tmp_path, monkeypatch, args, error, code
):
    monkeypatch.chdir(tmp_path)

    ended, out, err = trimtab(*args)

    content = json.loads(err.splitlines()[-1])
    assert (ended, out, content["schema"]) == (code, "", "trimtab.error/1")
    assert content["what"].startswith(error)
    assert content["exit_code"] == code
    assert content["fix"]


def test_json_keeps_control_characters_as_escapes(capsys):
    print_json("plan", {"stage": "a\x1b[2J"})

    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert json.loads(text) == {"schema": "trimtab.plan/1", "stage": "a\x1b[2J"}


def test_json_keeps_the_schema_of_a_report(capsys):
    print_json("gate", {"schema": "trimtab.gate-report/1"})

    assert json.loads(capsys.readouterr().out) == {"schema": "trimtab.gate-report/1"}
