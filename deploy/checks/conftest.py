"""The files of ``deploy/``, as the checks read them.

`make deploy-check` runs these tests with tools of their own: requirements/deploy.in.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

DEPLOY = Path(__file__).resolve().parents[1]
ROOT = DEPLOY.parent
KUBERNETES = "1.34"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment in the root of the project."""
    program = shutil.which(str(command[0]), path=Path(sys.executable).parent)
    assert program, f"{command[0]} is not installed: run `make deploy-check`"
    return subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)


def documents(text: str) -> list[dict[str, Any]]:
    """Return the documents of a YAML text that are not empty."""
    return [document for document in yaml.safe_load_all(text) if document]


def settings() -> dict[str, str]:
    """Return the settings of ``settings.env``."""
    lines = (DEPLOY / "settings.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def validate(manifests: list[dict[str, Any]], *, custom: tuple[str, ...] = ()) -> None:
    """Validate manifests against the schemas of Kubernetes; kinds of custom resources have none there."""
    for manifest in manifests:
        if manifest["kind"] not in custom:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def pod_specs(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the pod of each workload."""
    for manifest in manifests:
        spec = manifest.get("spec", {})
        if manifest["kind"] == "Pod":
            yield manifest["metadata"]["name"], spec
        elif "template" in spec:
            yield manifest["metadata"]["name"], spec["template"]["spec"]


def runs_as_root(pod: dict[str, Any]) -> bool:
    """Whether a pod, or one of its containers, may run as root or gain rights."""
    of_pod = pod.get("securityContext", {})
    for container in (*pod["containers"], *(pod.get("initContainers") or [])):
        context = {**of_pod, **container.get("securityContext", {})}
        if not context.get("runAsUser") or context.get("allowPrivilegeEscalation") is not False:
            return True
    return False
