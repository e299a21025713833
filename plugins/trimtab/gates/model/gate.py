"""The model gate: it evaluates every declared check and writes the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trimtab.errors import ConfigError, ModelError
from trimtab.gate_report import (
    Check,
    GateReport,
    clear_report_folder,
    verdict_of,
    write_report,
    write_report_on_crash,
)
from trimtab.gates.model.cost import InferenceCheck
from trimtab.gates.model.declared_check import DeclaredCheck, ModelCheck
from trimtab.gates.model.gate_section import ModelGateSection, load_gate_section, load_metrics
from trimtab.gates.model.metrics_file import MetricCheck, read_metrics
from trimtab.gates.model.model_under_test import ModelUnderTest, load_model_under_test
from trimtab.gates.model.report_page import make_page
from trimtab.learning import Metric
from trimtab.tables import GateInputError


def check_model(
    *,
    params: Path,
    section: str,
    out: Path,
    metrics: Path | None = None,
    model: Path | None = None,
    test: Path | None = None,
    baseline: Path | None = None,
    train: Path | None = None,
    root: Path | None = None,
) -> GateReport:
    """Evaluate the declared checks on a model, and write a report.

    Args:
        params: The params file.
        section: Its section with ``checks``; by convention the name of the stage.
        out: Folder for ``report.json``, ``report.html`` and ``metrics.json``.
        metrics: JSON file of metrics, nested to any depth.
        model: The model file: skops, LightGBM, XGBoost, CatBoost or ONNX; or a folder that MLflow has saved.
        test: The test table, Parquet: the features, the label, and the columns to slice by.
        baseline: The file of the baseline model, likewise.
        train: The training table, Parquet.
        root: The project's root; by default the working directory.

    Returns:
        The report, already written. If a file cannot be used, the verdict is ``fail`` or ``error``.

    Raises:
        ConfigError: The section or a check in it cannot be used, or needs a file that is not given.
        GateError: The gate crashed, or cannot write its report.
    """
    clear_report_folder(out)
    given = {"metrics": metrics, "model": model, "test": test, "baseline": baseline, "train": train}
    root = root or Path.cwd()
    gate, checks = load_gate_section(params, section, given, root=root)
    measured = load_metrics(checks, root, gate.problem)
    blank = GateReport(gate="model", name=section, verdict="error", declared=len(checks), out=out)
    page = None
    with write_report_on_crash(blank):
        try:
            metric_values = (
                read_metrics(metrics) if metrics and any("metrics" in c.needs for c in checks) else {}
            )
            subject = (
                _model_under_test(gate, given, measured)
                if any("model" in check.needs for check in checks)
                else None
            )
        except GateInputError as err:
            report = replace(blank, verdict=err.verdict, problem=str(err))
        except ModelError as err:
            report = replace(blank, problem=str(err))
        else:
            try:
                report = _evaluate(checks, blank, metric_values, subject)
            except (
                ConfigError,
                ModelError,
            ) as err:  # a metric of the project, or scoring, fails on these rows
                report = replace(blank, problem=str(err))
            page = make_page(report, subject, gate) if subject else None
        write_report(report, page)
    return report


def _model_under_test(
    gate: ModelGateSection, given: Mapping[str, Path | None], metrics: Mapping[str, Metric]
) -> ModelUnderTest:
    model, test = given["model"], given["test"]
    if model is None or test is None:
        raise ValueError("load_gate_section refuses a check on a model without model and test table")
    return load_model_under_test(
        problem_type=gate.problem,
        model=model,
        test=test,
        label=gate.label,
        baseline=given["baseline"],
        train=given["train"],
        trusted_types=gate.trusted_types,
        bootstrap=gate.bootstrap,
        metrics=metrics,
        dependence=gate.dependence,
        weight=gate.weight,
    )


def _evaluate(
    checks: Sequence[DeclaredCheck],
    blank: GateReport,
    metric_values: Mapping[str, Any],
    subject: ModelUnderTest | None,
) -> GateReport:
    evaluated: list[Check] = []
    remarks: list[str] = []
    for check in checks:
        if isinstance(check, MetricCheck):
            evaluated.append(check.evaluate(metric_values))
        elif subject is None:
            raise ValueError("a check on a model, but no model")
        elif isinstance(check, InferenceCheck):
            line, figures = check.measure(subject)
            evaluated.append(line)
            remarks += figures
        elif isinstance(check, ModelCheck):
            evaluated.append(check.evaluate(subject))
    return replace(
        blank,
        verdict=verdict_of(evaluated, declared=len(checks)),
        checks=tuple(evaluated),
        rows=len(subject.test.rows) if subject else None,
        remarks=tuple(remarks),
    )
