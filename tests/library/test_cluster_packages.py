"""The packages of a cluster, installed as the Dockerfile and as a user install them, and their settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Prints each setting as Airflow reads it; null for one that neither it nor a provider knows.
READ_SETTINGS = """\
import json, sys
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager
ProvidersManager().initialize_providers_configuration()
known = conf.configuration_description
names = json.loads(sys.argv[1])
found = {}
for name in names:
    section, option = (part.lower() for part in name.removeprefix("AIRFLOW__").split("__", 1))
    option = option.removesuffix("_cmd")
    described = option in known.get(section, {}).get("options", {})
    found[name] = conf.get(section, option) if described else None
print(json.dumps(found))
"""

# The scheduler reads it, and its configuration does not describe it.
UNDESCRIBED = "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("install")]

Install = Callable[..., None]


def run(*command: str | Path, **env: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def new_environment(folder: Path) -> tuple[Path, Install]:
    """Create a virtual environment; return its programs, and uv's installer for it."""
    run(find_uv_bin(), "venv", "--quiet", "--python", sys.executable, folder)
    # uv does not read pip's configuration.
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    index = {"UV_DEFAULT_INDEX": asked.stdout.strip()} if asked.returncode == 0 else {}

    def uv(*arguments: str | Path) -> None:
        run(find_uv_bin(), "pip", *arguments, "--quiet", "--python", folder, **index)

    return folder / "bin", uv


def build_source(folder: Path) -> Path:
    """Copy what the package is built from: a build leaves files beside its source."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "plugins", folder / "plugins", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The packages of an image: its name and its programs, installed by the commands of the Dockerfile."""
    folder = tmp_path_factory.mktemp(request.param)
    programs, uv = new_environment(folder / "venv")
    stage = re.split(
        rf"^FROM builder AS {request.param}-packages$", (DEPLOY / "image/Dockerfile").read_text(), flags=re.M
    )[1]
    commands = re.findall(
        r"uv pip ((?:sync|install|check) --python /opt/venv.*?)(?: \\)?$", stage.split("\nFROM ")[0], re.M
    )
    assert [command.split()[0] for command in commands] == ["sync", "install", "check"]
    source = build_source(folder / "source")
    for command in commands:
        words = [word for word in command.split() if word not in {"--python", "/opt/venv"}]
        uv(
            *[
                {".": source}.get(word, DEPLOY / "image" / word if word.endswith(".lock") else word)
                for word in words
            ]
        )
    return request.param, programs


@pytest.mark.parametrize("image", ["airflow", "stages"], indirect=True)
def test_image_has_the_library_and_what_its_servers_and_stages_need(image, tmp_path):
    name, programs = image
    server = "airflow, boto3, mlflow.server.auth, trimtab.airflow, trimtab.registry"
    imports = {"airflow": server, "stages": "boto3, dvc_s3, skops, trimtab.stages"}[name]
    run(programs / "python", "-c", f"import {imports}", AIRFLOW_HOME=str(tmp_path))
    found = run(
        programs / "python", "-c", "import importlib.util as u; print(u.find_spec('airflow') is not None)"
    )
    assert found.strip() == str(name == "airflow")


@pytest.mark.parametrize("image", ["airflow"], indirect=True)
def test_airflow_reads_each_setting_and_each_secret_of_the_compose_file(image, tmp_path):
    _, programs = image
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    make_secrets = tmp_path / "make_secrets.py"
    shutil.copy(DEPLOY / "compose" / make_secrets.name, make_secrets)
    run(sys.executable, make_secrets)
    lines = (DEPLOY / "settings.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings |= compose["services"]["scheduler"]["environment"]
    settings = {key: value for key, value in settings.items() if key.startswith("AIRFLOW__")}
    placed = {
        key: value.replace("/run/secrets", str(tmp_path / "secrets")) for key, value in settings.items()
    }

    read = json.loads(
        run(
            programs / "python",
            "-c",
            READ_SETTINGS,
            json.dumps([*placed]),
            AIRFLOW_HOME=str(tmp_path),
            **placed,
        )
        .strip()
        .splitlines()[-1]
    )

    assert [key for key, value in read.items() if value is None] == [UNDESCRIBED]
    del read[UNDESCRIBED], placed[UNDESCRIBED]
    secret = {
        key: (tmp_path / "secrets" / value.rpartition("/")[2]).read_text()
        for key, value in placed.items()
        if key.endswith("_CMD")
    }
    secret["AIRFLOW__CELERY__RESULT_BACKEND_CMD"] = f"db+{secret['AIRFLOW__CELERY__RESULT_BACKEND_CMD']}"
    assert {key: value.strip() for key, value in read.items()} == {**placed, **secret}


def test_wheel_with_extras_of_a_cluster_installs_and_imports_without_constraints(tmp_path):
    source = build_source(tmp_path / "source")
    wheels = tmp_path / "wheels"
    build = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, source)
    run(sys.executable, "-m", "pip", *build)
    (wheel,) = wheels.glob("trimtab-*.whl")
    programs, uv = new_environment(tmp_path / "venv")

    uv("install", f"trimtab[s3,celery] @ {wheel.as_uri()}")

    uv("check")
    run(
        programs / "python",
        "-c",
        "import aiobotocore, boto3, s3fs, trimtab.airflow\n"
        "from airflow.providers.celery.executors.celery_executor import CeleryExecutor",
        AIRFLOW_HOME=str(tmp_path),
    )
