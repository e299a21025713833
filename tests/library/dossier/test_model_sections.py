"""Points 1 and 2."""

from __future__ import annotations

from trimtab.dossier.model_sections import describe_data, describe_model, development_tables


def test_model_is_described_with_its_seal_file_and_software(evidence):
    told = {statement.text: statement.sources for statement in describe_model(evidence)}
    assert "The model is documented version 1: Late or not?" in told
    assert "It was registered by bob." in told
    (file,) = [text for text in told if text.startswith("Its file is models/flights.skops, ")]
    assert told[file][0].kind == "DVC hash"
    assert any(text.startswith("It became champion after no version, at ") for text in told)
    assert any("mlflow==" in text and "pandas==" in text for text in told)


def test_gate_is_told_with_its_verdict_and_the_hash_of_its_report(evidence):
    told = {statement.text: statement.sources for statement in describe_data(evidence)}
    text = "The model gate validate_model has the verdict warn: 1 of 2 checks passed on 300 rows."
    assert told[text] == evidence.gates[1].sources


def test_gate_whose_report_lists_no_check_is_told_as_such(evidence):
    told = [statement.text for statement in describe_data(evidence)]
    assert "The data gate validate_raw has the verdict pass: it lists no check." in told


def test_tables_have_stages_data_params_and_checks(evidence):
    tables = {table.title: table for table in development_tables(evidence)}
    assert [row.cells[0] for row in tables["Stages, in their order"].rows][-1] == "validate_model"
    data = tables["Data, models and reports: what each stage read and wrote"]
    assert all(row.sources[0].kind == "DVC hash" for row in data.rows)
    params = tables["Params that the stages ran with"]
    assert ("train.c", "0.001") in [row.cells for row in params.rows]
    checks = [row.cells for row in tables["Checks of the gates"].rows]
    assert checks[0] == (
        "validate_model",
        "score roc_auc",
        "critical",
        "min=0.7",
        "0.8123 (0.7811 to 0.8434)",
        "passed",
    )
