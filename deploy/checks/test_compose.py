"""The Compose file: valid, complete, without a secret in it; what heals and what waits for what."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest
import yaml
from conftest import DEPLOY, run

FILE = DEPLOY / "compose" / "compose.yaml"
COMPOSE = yaml.safe_load(FILE.read_text())
SERVICES = COMPOSE["services"]
ONCE = {name for name, service in SERVICES.items() if service.get("restart") == "no"}
SERVERS = set(SERVICES) - ONCE


def mounted_secrets(service) -> dict[str, str]:
    """Return the secrets of a service and the path of each in the container."""
    found = {}
    for secret in service.get("secrets", []):
        name = secret if isinstance(secret, str) else secret["source"]
        found[name] = f"/run/secrets/{name}" if isinstance(secret, str) else secret["target"]
    return found


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    specification = importlib.util.spec_from_file_location("make_secrets", FILE.with_name("make_secrets.py"))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.new_secrets()


def test_file_is_valid_by_the_schema_of_compose():
    done = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", FILE)
    assert done.returncode == 0, done.stdout


def test_topology_is_whole():
    assert {
        *("postgres", "redis", "s3", "mlflow", "api-server", "scheduler"),
        *("dag-processor", "triggerer", "worker-default", "worker-train"),
    } == SERVERS
    assert SERVICES["scheduler"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_server_starts_again_and_says_whether_it_is_healthy(name):
    assert SERVICES[name].get("restart") == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_waits_only_for_conditions_that_can_be_met(name):
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        once = wait["condition"] == "service_completed_successfully"
        assert once == (other in ONCE), f"{name} waits for {other}"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_reads_only_secrets_that_it_mounts(name):
    service = SERVICES[name]
    mounted = set(mounted_secrets(service).values())
    text = json.dumps([service.get(key) for key in ("command", "environment", "healthcheck")])
    read = set(re.findall(r"(?:/run/secrets|/etc/trimtab)/[\w.]+", text))
    assert read <= mounted


def test_every_secret_is_a_file_that_is_made_and_used(secrets):
    used = {name for service in SERVICES.values() for name in mounted_secrets(service)}
    assert set(COMPOSE["secrets"]) == used == set(secrets)
    assert {name: secret["file"] for name, secret in COMPOSE["secrets"].items()} == {
        name: f"secrets/{name}" for name in secrets
    }


def test_no_setting_is_a_secret():
    for name, service in SERVICES.items():
        for variable, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY|TOKEN|_CONN\b|BROKER", variable):
                assert variable.endswith(("_CMD", "_FILE")), f"{name}: {variable}"
                assert "/run/secrets/" in value


def test_secrets_that_belong_together_agree(secrets):
    connections = json.loads(secrets["connections.json"])
    (identity,) = json.loads(secrets["s3.json"])["identities"]
    (credentials,) = identity["credentials"]
    assert credentials == {
        "accessKey": connections["s3_logs"]["login"],
        "secretKey": connections["s3_logs"]["password"],
    }
    assert f"aws_secret_access_key = {credentials['secretKey']}" in secrets["aws_credentials"]
    assert f"admin_password = {connections['mlflow_default']['password']}" in secrets["mlflow_auth.ini"]
    assert f":{secrets['postgres_password']}@postgres:" in secrets["airflow_database"]
    assert re.search(r"requirepass (\S+)", secrets["redis.conf"])[1] in secrets["broker_url"]
    assert len(set(secrets.values())) == len(secrets)


def test_folder_of_secrets_is_private_ignored_and_never_overwritten(tmp_path):
    script = FILE.with_name("make_secrets.py")
    copy = tmp_path / script.name
    copy.write_text(script.read_text())
    assert run("python", copy).returncode == 0
    folder = tmp_path / "secrets"
    before = {file.name: file.read_text() for file in folder.iterdir()}
    assert folder.stat().st_mode & 0o777 == 0o700

    again = run("python", copy)

    assert "The secrets exist" in again.stderr
    assert again.returncode == 1
    assert {file.name: file.read_text() for file in folder.iterdir()} == before
    assert "/deploy/compose/secrets/" in (DEPLOY.parent / ".gitignore").read_text().splitlines()


def test_variables_of_the_project_have_a_value():
    wanted = set(re.findall(r"\$\{(\w+):\?", FILE.read_text()))
    given = set(re.findall(r"^(\w+)=.", (DEPLOY / "project.env").read_text(), re.M))
    assert wanted == given
