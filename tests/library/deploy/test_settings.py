"""The settings of the cluster: complete, known to Airflow, apart on each host, secret."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from deploy.cluster.settings import PORTS, SETTINGS, Values
from deploy.cluster.topology import HOSTS
from trimtab.errors import ServiceError

AIRFLOW = "AIRFLOW__"
UNLISTED = {"num_stuck_in_queued_retries"}  # the scheduler reads it, and no page of Airflow lists it


@pytest.fixture
def values(tmp_path) -> Values:
    return Values.load(tmp_path / "cluster")


def test_second_start_has_the_ports_and_secrets_of_the_first(values):
    assert Values.load(values.folder) == values
    assert len({*values.ports.values()}) == len(PORTS)
    assert len({*values.secrets.values()}) == len(values.secrets)


def test_file_with_secrets_is_readable_by_its_user_alone(values):
    assert (values.folder / "values.json").stat().st_mode & 0o077 == 0


def test_folder_that_another_user_can_write_to_is_refused(tmp_path):
    """He could choose the passwords, and what the supervisor starts."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "own", target_is_directory=True)
    (tmp_path / "own").mkdir(mode=0o755)

    for name in ("open", "link"):
        with pytest.raises(ServiceError, match="Another user can write"):
            Values.load(tmp_path / name)
    assert not (tmp_path / "open" / "values.json").exists()


def test_hosts_have_the_same_secrets_and_no_folder_in_common(values):
    one, other = (values.environment(host) for host in HOSTS[-2:])

    assert one["AIRFLOW__API_AUTH__JWT_SECRET"] == other["AIRFLOW__API_AUTH__JWT_SECRET"]
    folder = str(values.folder)
    of_host = {name for name, value in one.items() if f"{folder}/{HOSTS[-2]}" in value}
    assert {"HOME", "TMPDIR", "TRIMTAB_HOME", "AIRFLOW_HOME", "DVC_GLOBAL_CONFIG_DIR"} <= of_host
    shared = {name for name, value in one.items() if folder in value and name not in of_host}
    assert shared == {"AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"}  # a git repository, by its URL
    assert all(other[name] != one[name] for name in of_host)


def test_environment_has_nothing_of_the_user_who_starts_the_cluster(values, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/mine")

    env = values.environment(HOSTS[0])

    assert "AWS_PROFILE" not in env
    assert "AIRFLOW__CORE__DAGS_FOLDER" not in env


def test_airflow_has_each_option_that_is_set(values):
    known = yaml.safe_load((files("airflow") / "config_templates" / "config.yml").read_text())
    sections = {section: {*content["options"]} for section, content in known.items()}

    for name in values.environment(HOSTS[0]):
        section, _, option = name.removeprefix(AIRFLOW).lower().partition("__")
        if name.startswith(AIRFLOW) and not section.startswith("celery"):  # a provider's
            assert option in sections[section] | UNLISTED, name


@pytest.mark.parametrize("file", SETTINGS, ids=lambda file: file.parent.name)
def test_no_setting_is_given_twice_in_a_file(file):
    names = [line.partition("=")[0] for line in file.read_text().splitlines() if line and line[0] != "#"]

    assert len(names) == len({*names})
