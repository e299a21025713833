"""Check environment variables of the library: one that nobody reads is a typing error."""

from __future__ import annotations

import os
from collections.abc import Iterator

from trimtab.doctor.finding import Finding
from trimtab.errors import closest

PREFIX = "TRIMTAB_"
KNOWN = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "AIRFLOW_PASSWORD",
        "AIRFLOW_PORT",
        "AIRFLOW_TOKEN",
        "AIRFLOW_URL",
        "AIRFLOW_USERNAME",
        "ALERTS",
        "BACKUP",
        "DAG_RUN",  # set for the commands of a stage
        "DOCS_URL",
        "DRILL_DATABASE",
        "HOME",
        "MLFLOW_PORT",
        "MODEL_PYTHON",
        "ONE_EXECUTOR",
        "PROJECTS",
        "SIGNING_KEY",
        "TARGET_PASSWORD",
        "TARGET_TOKEN",
        "TARGET_USERNAME",
    )
)


def check_variables() -> Iterator[Finding]:
    """Check the names of the variables; their values may be secrets."""
    given = sorted(name for name in os.environ if name.startswith(PREFIX))
    for name in given:
        if name not in KNOWN:
            hint = closest(name, KNOWN)
            yield Finding(
                "variables", "warning", f"nobody reads {name}{hint}", "correct its name, or unset it"
            )
    if KNOWN.issuperset(given):
        yield Finding("variables", "ok", ", ".join(given) or f"no {PREFIX}… is set, which is fine")
