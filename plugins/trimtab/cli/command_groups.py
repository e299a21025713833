"""Every command of the command line, in the group and the order in which `trimtab --help` shows it.

This is the one place that declares a command. Its module defines a click command of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping

COMMAND_GROUPS: Mapping[str, Mapping[str, str]] = {
    "Project": {
        "new": "trimtab.cli.new",
        "update": "trimtab.cli.update",
        "upgrade-test": "trimtab.cli.upgrade_test",
        "remove-example": "trimtab.cli.template",
    },
    "Pipeline": {
        "plan": "trimtab.cli.pipeline",
        "run": "trimtab.cli.pipeline",
        "dag": "trimtab.cli.pipeline",
        "checkout": "trimtab.cli.pipeline",
        "fetch": "trimtab.cli.records",
        "exec": "trimtab.cli.exec",
    },
    "Gates": {
        "gate": "trimtab.cli.gates",
    },
    "Registry": {
        "models": "trimtab.cli.registry",
        "publish": "trimtab.cli.registry",
        "compare": "trimtab.cli.registry",
        "promote": "trimtab.cli.registry",
        "rollback": "trimtab.cli.registry",
        "score": "trimtab.cli.registry",
        "rebuild": "trimtab.cli.registry",
        "sbom": "trimtab.cli.registry",
        "serve": "trimtab.cli.serve",
        "dossier": "trimtab.cli.dossier",
    },
    "Drift": {
        "drift": "trimtab.cli.drift",
    },
    "Operations": {
        "status": "trimtab.cli.status",
        "slo": "trimtab.cli.slo",
        "report": "trimtab.cli.report",
        "doctor": "trimtab.cli.doctor",
        "otel": "trimtab.cli.otel",
        "debug": "trimtab.cli.diagnosis",
        "why": "trimtab.cli.diagnosis",
        "incident": "trimtab.cli.incident",
        "postmortem": "trimtab.cli.incident",
        "verify": "trimtab.cli.retention",
        "backup": "trimtab.cli.retention",
        "restore": "trimtab.cli.retention",
        "prune": "trimtab.cli.retention",
        "drill": "trimtab.cli.recovery",
        "inventory": "trimtab.cli.recovery",
        "isolate": "trimtab.cli.recovery",
    },
    "Local Airflow and MLflow": {
        "up": "trimtab.cli.servers",
        "loop": "trimtab.cli.servers",
    },
    "Shell": {
        "completion": "trimtab.cli.completion",
    },
}
COMMAND_MODULES: Mapping[str, str] = {
    name: module for commands in COMMAND_GROUPS.values() for name, module in commands.items()
}


def example(command: str) -> str:
    """Return the epilog of a command's help: an example that can be copied.

    Args:
        command: A command line, such as ``trimtab plan train``.
    """
    return f"\b\nExample:\n  {command}"
