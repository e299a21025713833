"""Downloads are compared with the seal and the ledger."""

from __future__ import annotations

import json

import pytest
from mlflow import MlflowClient

from tests.library.registry.fixtures import STRONG
from tests.library.registry.loading.conftest import NAME, VICTIM
from trimtab.errors import RegistryError
from trimtab.registry import Version, find_version
from trimtab.registry.loading import ModelTrust
from trimtab.registry.loading.download import (
    download_model,
    download_output,
    download_reference,
    download_unverified,
    download_verified,
)
from trimtab.registry.loading.model_loading import load_version


def test_version_that_became_champion_with_another_seal_is_refused(attacker, database, tmp_path):
    import sqlite3

    version = find_version(NAME, VICTIM)
    forged = {**json.loads(version.seal), "files": {}}
    with sqlite3.connect(database) as held:  # beyond what the API lets anybody do
        change = "UPDATE params SET value = ? WHERE key = 'trimtab.seal' AND run_uuid = ?"
        held.execute(change, (json.dumps(forged), version.run_id))
    try:
        with pytest.raises(RegistryError, match="the ledger records another seal"):
            load_version(find_version(NAME, VICTIM), tmp_path / "model")
    finally:
        with sqlite3.connect(database) as held:
            held.execute(change, (version.seal, version.run_id))
        held.close()


def test_output_is_put_at_its_path_in_the_project_in_place_of_what_is_there(client, contenders, tmp_path):
    (tmp_path / "reports" / "validate_raw").mkdir(parents=True)
    (tmp_path / "reports" / "validate_raw" / "old.json").write_text("{}")
    for path in ("reports/validate_raw", "reports/metrics.json"):
        download_output(client, contenders[STRONG], path, tmp_path)
    found = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file())
    names = ("metrics.json", "report.html", "report.json")
    assert found == ["reports/metrics.json", *(f"reports/validate_raw/{name}" for name in names)]


def test_output_is_refused_when_it_is_missing_or_too_large(client, contenders, tmp_path, monkeypatch):
    with pytest.raises(RegistryError, match=r"'reports/nothing' .* the run has none"):
        download_output(client, contenders[STRONG], "reports/nothing", tmp_path)
    monkeypatch.setattr("trimtab.registry.loading.download.MOST_FILE", 10)
    with pytest.raises(RegistryError, match="the limit is 10"):
        download_output(client, contenders[STRONG], "reports/validate_raw", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_file_of_a_run_is_refused_when_it_is_too_large_or_a_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    files = MlflowClient(f"file:{tmp_path}/mlruns")
    run = files.create_run("0").info
    files.log_text(run.run_id, "12345", "params.yaml")
    files.log_text(run.run_id, "12345", "folder/x")
    version = Version("m", 1, run.run_id, False, "", {}, {})
    monkeypatch.setattr("trimtab.registry.loading.download.MOST_FILE", 4)
    with pytest.raises(RegistryError, match="cannot be downloaded: it has 5 bytes, the limit is 4"):
        download_unverified(files, version, "params.yaml", tmp_path)
    with pytest.raises(RegistryError, match="it is a folder"):
        download_unverified(files, version, "folder", tmp_path)
    with pytest.raises(RegistryError, match="the run has no such file"):
        download_unverified(files, version, "folder/y", tmp_path)
    assert not (tmp_path / "params.yaml").exists()


def test_model_that_is_too_large_is_refused_before_it_is_downloaded(
    client, contenders, tmp_path, monkeypatch
):
    monkeypatch.setattr("trimtab.registry.loading.download.MOST_MODEL", 100)

    with pytest.raises(RegistryError, match=r"are broken: they have [\d,]+ bytes, the limit is 100"):
        download_model(contenders[STRONG], tmp_path / "model", ModelTrust())

    assert list((tmp_path / "model").iterdir()) == []


def test_download_from_a_hostile_server_writes_no_file_outside_of_the_folder(
    httpserver_listing, tmp_path, monkeypatch
):
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", httpserver_listing)
    mlflow.set_tracking_uri(httpserver_listing)
    with pytest.raises(mlflow.exceptions.MlflowException):
        mlflow.artifacts.download_artifacts("mlflow-artifacts:/0/model", dst_path=str(tmp_path))
    assert not (tmp_path.parent / "escaped").exists()
    assert list(tmp_path.rglob("*")) == [] or all(path.is_dir() for path in tmp_path.rglob("*"))


@pytest.fixture
def httpserver_listing():
    """A server whose listing leads out of the folder that files are downloaded to."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listing = {"files": [{"path": "../../escaped", "is_dir": False, "file_size": 4}]}
            body = json.dumps(listing).encode() if "path=" in self.path else b"evil"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_model_and_reference_profile_are_downloaded_as_they_were_registered(
    client, contenders, template, tmp_path
):
    folder = download_model(contenders[STRONG], tmp_path / "model", ModelTrust())
    reference = download_reference(client, contenders[STRONG], tmp_path)

    assert (folder / "MLmodel").is_file()
    assert (folder / "model.skops").is_file()
    assert reference.read_bytes() == (template.root / "models/reference.json").read_bytes()


def test_file_that_was_never_registered_is_refused(client, contenders, tmp_path):
    with pytest.raises(RegistryError, match=r"'secret\.txt' of contenders version 2 cannot be downloaded"):
        download_verified(client, contenders[STRONG], "secret.txt", tmp_path)
