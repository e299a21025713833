"""The command `trimtab doctor`."""

from __future__ import annotations

import socket
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json


@click.command(epilog=example("trimtab doctor --from-worker"))
@click.option("--from-worker", is_flag=True, help="Run the checks in an Airflow task, where runs fail.")
@click.option(
    "--dag",
    metavar="DAG_ID",
    default="doctor",
    show_default=True,
    help="The DAG with a DoctorOperator, for --from-worker.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=300,
    show_default=True,
    help="Seconds that the task may take, for --from-worker.",
)
@json_option
def doctor(from_worker: bool, dag: str, timeout: float, as_json: bool) -> None:
    """Check what a run needs, and say what to do.

    Versions, git, DVC's cache and remotes, MLflow, Airflow, ports, clock, disk, permissions, environment
    variables. Probes of remotes and MLflow are deleted again.

    Exit code: 0 if all is well, 1 for warnings, 2 for errors.
    """
    from trimtab.doctor import Check, examine, exit_code, findings_to_dict, machine_checks, show_findings
    from trimtab.pipeline.graph import Project

    root = Project.find(Path.cwd()).root
    if from_worker:
        from trimtab.local.worker_checkup import examine_worker

        host = f"worker of DAG '{dag}'"
        found = examine({"worker": lambda: examine_worker(root, dag, timeout=timeout)})
    else:
        host, own = socket.gethostname(), dict[str, Check]()
        if find_spec("httpx"):  # without it, Airflow and MLflow are not installed either
            from trimtab.local.doctor_checks import check_airflow, check_ports

            own = {"Airflow": lambda: check_airflow(root), "ports": lambda: check_ports(root)}
        found = examine({**machine_checks(root), **own})
    if as_json:
        findings = list(found)
        print_json("doctor", findings_to_dict(findings, host=host))
        sys.exit(exit_code(findings))
    sys.exit(show_findings(found))
