"""The commands ``trimtab otel …``: what Prometheus, Grafana and the docs need to know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.monitoring import WatchedModel

pipeline_option = click.option(
    "--pipeline",
    default="training",
    show_default=True,
    metavar="DAG_ID",
    help="The DAG that trains; without Airflow the name of the project's folder.",
)


@click.group(epilog=example("trimtab otel rules"))
def otel() -> None:
    """Alert rules of Prometheus, a dashboard of Grafana, the table of metrics."""


@otel.command(epilog=example("trimtab otel rules > trimtab.rules.yml"))
@pipeline_option
@click.option(
    "--docs",
    default="docs",
    show_default=True,
    metavar="URL",
    help="Address of the folder with the pages that alerts link to.",
)
def rules(pipeline: str, docs: str) -> None:
    """Print alert rules of Prometheus.

    They have the bounds of params.yaml: make them again after a change of drift, promote or slo.
    """
    import yaml

    from trimtab.monitoring import make_alert_rules

    content = make_alert_rules(_watched_model(pipeline), docs)
    echo(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110).rstrip())


@otel.command(epilog=example("trimtab otel dashboard > trimtab.dashboard.json"))
@pipeline_option
def dashboard(pipeline: str) -> None:
    """Print a dashboard of Grafana.

    The bounds of params.yaml are drawn in: make it again after a change of drift or promote.
    """
    from trimtab.monitoring import make_dashboard

    echo(json.dumps(make_dashboard(_watched_model(pipeline)), indent=2, ensure_ascii=False))


@otel.command(epilog=example("trimtab otel metrics"))
def metrics() -> None:
    """Print the table of metrics, in Markdown."""
    from trimtab.monitoring import make_metric_table

    echo(make_metric_table())


def _watched_model(pipeline: str) -> WatchedModel:
    """Return the project's model with its policies.

    Raises:
        ConfigError: A policy is invalid.
        ProjectError: The project declares no model.
    """
    from trimtab.config import load_params
    from trimtab.monitoring import WatchedModel
    from trimtab.params_file import PARAMS_FILE
    from trimtab.params_sections import DriftPolicy, PromotePolicy
    from trimtab.pipeline.graph import Project
    from trimtab.registry import find_promote_metric, project_problem_type, promote_metrics, read_model_name
    from trimtab.slo_policy import SloPolicy, read_slo_policy

    root = Project.find(Path.cwd()).root
    problem, promote = project_problem_type(root), load_params(PromotePolicy, "promote", root / PARAMS_FILE)
    metric = find_promote_metric(promote, promote_metrics(root, problem), problem)
    return WatchedModel(
        read_model_name(root),
        pipeline,
        load_params(DriftPolicy, "drift", root / PARAMS_FILE),
        promote,
        metric.name,
        metric.sign > 0,
        read_slo_policy(root) or SloPolicy(),
    )
