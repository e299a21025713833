"""A server with basic-auth: permissions, refusals, and that the password is stored nowhere."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from mlflow.server import get_app_client

from tests.library.receivers import webhook
from tests.library.registry.fixtures import Made, free_port, start_server, wait_until_healthy
from trimtab.errors import RegistryError
from trimtab.registry import Version, find_champion, promote_manually, publish, roll_back
from trimtab.registry.ledger.ledger_storage import ledger_name

pytestmark = pytest.mark.slow

ADMIN, PUBLISHER, READER = "admin", "publisher", "reader"
PASSWORDS = {name: f"{name}'s $ecret: 100% of/it@home" for name in (ADMIN, PUBLISHER, READER)}
WRONG = "no password of anybody"
ROLLBACK = """\
from pathlib import Path
from airflow.sdk import DAG, Param
from trimtab.airflow import RollBackOperator, alerting

with DAG("back", params={{"reason": Param(type="string"), "to": None}}, default_args=alerting("chat")):
    RollBackOperator(task_id="roll_back", project=Path("{root}"))
"""


@dataclass(frozen=True)
class Guarded:
    """The server, and what it keeps."""

    url: str
    folder: Path

    def sign_in(self, user: str, password: str | None = None) -> None:
        os.environ["MLFLOW_TRACKING_URI"] = self.url
        os.environ["MLFLOW_TRACKING_USERNAME"] = user
        os.environ["MLFLOW_TRACKING_PASSWORD"] = password or PASSWORDS[user]

    def content(self) -> str:
        """Everything in its database, and the names of its artifacts."""
        with sqlite3.connect(f"file:{self.folder}/mlflow.db?mode=ro", uri=True) as database:
            rows = list(database.iterdump())
        return "\n".join([*rows, *sorted(str(path) for path in (self.folder / "artifacts").rglob("*"))])


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A real MLflow server with authentication; whoever is known may read."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    config = "[mlflow]\ndefault_permission = READ\n"
    config += f"database_uri = sqlite:///{folder}/users.db\n"
    config += "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    (folder / "auth.ini").write_text(config)
    server = Guarded(f"http://127.0.0.1:{port}", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_AUTH_CONFIG_PATH", str(folder / "auth.ini"))
        patch.setenv("MLFLOW_AUTH_ADMIN_USERNAME", ADMIN)
        patch.setenv("MLFLOW_AUTH_ADMIN_PASSWORD", PASSWORDS[ADMIN])
        patch.setenv("MLFLOW_FLASK_SERVER_SECRET_KEY", "of the tests")
        store = f"sqlite:///{folder}/mlflow.db"
        process = start_server(folder, store, port, "--app-name", "basic-auth")
    try:
        wait_until_healthy(server.url, process, folder / "server.log")
        with as_user(server, ADMIN):
            users = get_app_client("basic-auth", tracking_uri=server.url)
            for user in (PUBLISHER, READER):
                users.create_user(user, PASSWORDS[user])
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def as_user(server: Guarded, user: str) -> Iterator[None]:
    """Be somebody for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server.url)
        patch.setenv("MLFLOW_TRACKING_USERNAME", user)
        patch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORDS[user])
        yield


@pytest.fixture(scope="module")
def versions(guarded: Guarded, template, weak, strong, tmp_path_factory) -> tuple[Version, Version]:
    """What the publisher has registered: a model that was champion, and one that is."""
    project = template.copy(tmp_path_factory.mktemp("versions"), "guarded")
    with as_user(guarded, PUBLISHER):
        first, second = (project.publish(model) for model in (weak, strong))
        for version in (first, second):
            promote_manually(
                version, by="alice", reason="it is the first" if version is first else "it is better"
            )
    return first, second


@pytest.fixture(params=["publish", "promote", "roll back"])
def attempt(request, versions, template, strong_again, tmp_path) -> Callable[[], object]:
    """Something that changes what the server holds."""
    project = template.copy(tmp_path, "guarded")
    project.put(strong_again)
    project.repro()
    candidate = project.gather()
    return {
        "publish": lambda: publish(candidate),
        "promote": lambda: promote_manually(versions[0], by="mallory", reason="I like it"),
        "roll back": lambda: roll_back("guarded", by="mallory", reason="I do not like it"),
    }[request.param]


def secrets() -> set[str]:
    """The passwords, as they are and as they travel."""
    pairs = [f"{user}:{password}" for user, password in PASSWORDS.items()]
    plain = [*PASSWORDS.values(), WRONG]
    return {*plain, *map(quote, plain), *(base64.b64encode(pair.encode()).decode() for pair in pairs)}


def assert_no_secret(text: str) -> None:
    assert [secret for secret in secrets() if secret in text] == []


def told(attempt: Callable[[], object], match: str) -> None:
    """Attempt it; the refusal has a fix, and neither message nor stack trace has the password."""
    with pytest.raises(RegistryError, match=match) as refused:
        attempt()
    assert_no_secret("".join(traceback.format_exception(refused.value)))


def test_credentials_of_the_environment_publish_promote_and_roll_back(guarded, template, weak, tmp_path):
    guarded.sign_in(PUBLISHER)
    project = template.copy(tmp_path, "mine")

    first, second = project.publish(), project.publish(weak)
    for version in (first, second):
        promote_manually(version, by="alice", reason="as planned")
    roll_back("mine", by="alice", reason="complaints")

    assert find_champion("mine").version == 1


def test_missing_and_wrong_credentials_are_refused_and_change_nothing(guarded, attempt):
    before = guarded.content()
    os.environ["MLFLOW_TRACKING_URI"] = guarded.url
    what_to_set = r"[\s\S]*to do: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"

    told(attempt, "MLflow requires credentials: none are set" + what_to_set)
    guarded.sign_in(PUBLISHER, WRONG)
    told(attempt, "MLflow does not accept the credentials" + what_to_set)
    guarded.sign_in("nobody", WRONG)
    told(attempt, "MLflow does not accept the credentials" + what_to_set)

    assert guarded.content() == before


def test_user_with_read_permission_is_refused_and_changes_nothing(guarded, attempt):
    before = guarded.content()
    guarded.sign_in(READER)

    told(attempt, r"MLflow does not permit reader to do this[\s\S]*to do: ask an administrator for MANAGE")

    assert guarded.content() == before


def test_user_with_read_permission_cannot_create_a_ledger(guarded, template, tmp_path):
    guarded.sign_in(PUBLISHER)
    version = template.copy(tmp_path, "without-ledger").publish()
    guarded.sign_in(READER)

    told(lambda: promote_manually(version, by="mallory", reason="r"), "does not permit reader")

    assert ledger_name("without-ledger") not in guarded.content()


def test_airflow_takes_the_credentials_from_a_connection_and_stores_them_nowhere(
    guarded, versions, project: Made, tmp_path
):
    # given a DAG and a connection, and nothing of MLflow in the environment
    file = project.root / "dvc.yaml"
    file.write_text(file.read_text().replace("  flights: {", "  guarded: {"))
    home, dags, address = tmp_path / "airflow", tmp_path / "dags", urlsplit(guarded.url)
    dags.mkdir()
    (dags / "back.py").write_text(ROLLBACK.format(root=project.root))
    login = {"login": PUBLISHER, "password": PASSWORDS[PUBLISHER]}
    place = {"conn_type": "http", "host": address.hostname, "port": address.port}
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_MLFLOW_DEFAULT": json.dumps({**place, **login}),
        "NO_COLOR": "1",
    }

    # when it runs
    shown = ""
    with webhook() as (posted, chat):
        env["AIRFLOW_CONN_CHAT"] = json.dumps(chat)
        for command in (["db", "migrate"], ["dags", "test", "back", "-c", '{"reason": "complaints"}']):
            airflow = [Path(sys.executable).with_name("airflow"), *command]
            done = subprocess.run(airflow, env=env, capture_output=True, text=True, check=False)
            shown += done.stdout + done.stderr
            assert done.returncode == 0, shown

    # then it has rolled back, and nothing that Airflow or MLflow keeps, says or tells holds a password
    guarded.sign_in(PUBLISHER)
    assert find_champion("guarded").version == versions[0].version, shown
    assert [message["text"].splitlines()[0] for message in posted] == ["guarded is rolled back to version 1"]
    assert_no_secret(shown + str(posted))
    kept = [path for folder in (home, guarded.folder) for path in folder.rglob("*") if path.is_file()]
    assert {"airflow.db", "mlflow.db", "server.log", "MLmodel", "environment.txt"} <= {p.name for p in kept}
    for path in kept:
        assert_no_secret(path.read_bytes().decode(errors="ignore"))
