"""An attacker with write access to MLflow: no command or task loads or executes what the attacker changed."""

from __future__ import annotations

import json
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from mlflow import MlflowClient

from tests.registry.attacker import EVIL, Attacker, Evil, evil_model
from tests.registry.rows import FEATURES, flights
from trimtab.cli.main import cli
from trimtab.errors import ModelError, RegistryError, TrimtabError
from trimtab.learning import METRICS
from trimtab.pipeline.graph.project import Project
from trimtab.registry import (
    PromotePolicy,
    ScorePolicy,
    Version,
    check_newest_window,
    compare_with_champion,
    find_version,
    load_champion,
    promote,
    promote_manually,
    publish,
    score_in_shadow,
    score_windows,
)
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.loading.download import download_unverified
from trimtab.registry.loading.mlmodel_file import read_input_example, read_signature
from trimtab.registry.loading.model_loading import load_version
from trimtab.registry.tracking.seal import require_tags

NAME = "attacked"
VICTIM, CHAMPION = 1, 2
SCORE = ("score", "--key", "hour", "made/test.parquet")
ALTERED = r"differ from those (that were registered|it was registered with)"


@pytest.fixture(scope="module")
def world(server, template, weak, strong, tmp_path_factory):
    """A checkout with two versions that were champion; its git repository has both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        project = template.copy(tmp_path_factory.mktemp("attacked"), NAME)
        patch.chdir(project.root)
        (project.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/windows\n")
        (project.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n/config.local\n")
        file = project.root / "dvc.yaml"
        file.write_text(file.read_text().replace("  flights: {", f"  {NAME}: {{"))
        params = project.root / "params.yaml"
        params.write_text(
            params.read_text() + "retention: {champion_days: 730, candidate_days: 90, verdict_days: 730, "
            "report_days: 30, object_days: 30}\n"
        )
        subprocess.run(["git", "init", "-q"], check=True)
        for model in (weak, strong):
            project.put(model)
            project.repro()
            for args in (["add", "-A"], ["commit", "-qm", "Run"]):
                subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)
            assert CliRunner().invoke(cli, ["publish"], catch_exceptions=False).exit_code == 0
            newest = find_version(NAME, VICTIM if model is weak else CHAMPION)
            promote_manually(newest, by="alice", reason="r")
        windows = project.root / "windows"
        windows.mkdir()
        flights(200, seed=5).to_parquet(windows / "2013-06.parquet")
    return project


@pytest.fixture
def attacker(client, world, server, monkeypatch, tmp_path):
    """Who attacks the first version; afterwards all is as it was, and nothing has run."""
    monkeypatch.chdir(world.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("CANARY", str(tmp_path / "canary"))
    attacker = Attacker(server, NAME, VICTIM)
    yield attacker
    attacker.undo()
    require_tags(find_version(NAME, VICTIM))
    assert not (tmp_path / "canary").exists(), "code of the attacker's was executed"


def altered_model(attacker: Attacker) -> None:
    attacker.put("model.skops", evil_model())


def altered_model_and_tags(attacker: Attacker) -> None:
    attacker.put("model.skops", evil_model())
    attacker.tag("trimtab.trusted_types", json.dumps([EVIL]))
    attacker.tag("trimtab.artifact_sha256", "0" * 64)
    assert attacker.reseal().status_code == 400, "MLflow lets nobody change a param"


def altered_mlmodel(attacker: Attacker) -> None:
    attacker.append("MLmodel", b"\nmetadata: {note: mine}\n")


def altered_tag(attacker: Attacker) -> None:
    attacker.tag("trimtab.trusted_types", json.dumps([EVIL]))


def run(*args: str) -> str:
    done = CliRunner().invoke(cli, args)
    if done.exit_code == 0:
        return ""
    assert isinstance(done.exception, (TrimtabError, SystemExit)), done.exception
    return done.output + str(done.exception)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(RegistryError) as error:
        do()
    return str(error.value)


def all_uses(root: Path, out: Path) -> dict[str, Callable[[], str]]:
    """Return everything that loads a version, each with a call that returns its refusal."""
    policy, graph = PromotePolicy(policy="automatic"), Project(root).graph()
    test, windows = root / "made" / "test.parquet", root / "windows"

    def version():
        return find_version(NAME, VICTIM)

    def measured():
        return refused(lambda: check_newest_window(root, graph, "windows", dag_run="d"))

    def promoted():
        examined = compare_with_champion(
            find_version(NAME, CHAMPION), policy, test=test, label="late", metric=METRICS[policy.metric]
        )
        return refused(lambda: promote(version(), examined, policy, by="d"))

    return {
        "score": lambda: run(*SCORE, str(out), "--model", f"models:/{NAME}/{VICTIM}"),
        "promote": lambda: run("promote", str(VICTIM), "--reason", "r"),
        "rollback": lambda: run("rollback", "--reason", "r"),
        "rebuild": lambda: run("rebuild", str(VICTIM)),
        "verify": lambda: run("verify"),
        "the promotion by policy": promoted,
        "compare": lambda: refused(
            lambda: compare_with_champion(
                version(), policy, test=test, label="late", metric=METRICS[policy.metric]
            )
        ),
        "batch score": lambda: refused(lambda: score_windows(version(), windows, ScorePolicy(), by="d")),
        "drift": measured,
    }


@pytest.mark.parametrize(
    "alter", [altered_model, altered_model_and_tags, altered_mlmodel, altered_tag], ids=lambda f: f.__name__
)
def test_altered_version_is_refused_by_every_command_and_task_that_loads_it(attacker, world, alter, tmp_path):
    uses = all_uses(world.root, tmp_path / "scores.parquet")
    by_tags_alone = uses.pop("the promotion by policy")
    uses["by tags alone"] = by_tags_alone if "tag" in alter.__name__ else uses["score"]
    measured = uses.pop("drift")
    alter(attacker)

    answers = {name: " ".join(use().split()) for name, use in uses.items()}
    ledger = Ledger.read(attacker_client(attacker), NAME)
    attacker.alias("champion")
    answers["drift"] = " ".join(measured().split())
    Attacker(attacker.url, NAME, CHAMPION).alias("champion")

    assert {name: answer for name, answer in answers.items() if "registered" not in answer} == {}
    assert not (tmp_path / "scores.parquet").exists()
    assert ledger.champion == CHAMPION


def attacker_client(attacker: Attacker):
    import mlflow

    return mlflow.MlflowClient(attacker.url, attacker.url)


def test_altered_challenger_is_not_scored_in_shadow(attacker, world):
    champion, windows = find_version(NAME, CHAMPION), world.root / "windows"
    score_windows(champion, windows, ScorePolicy(), by="d")
    altered_model(attacker)
    with pytest.raises(RegistryError, match=ALTERED):
        score_in_shadow(find_version(NAME, VICTIM), champion, windows, ScorePolicy(), by="d")


def test_comparison_with_an_altered_champion_leaves_the_decision_to_a_person(attacker, world):
    altered_model(attacker)
    attacker.alias("champion")  # without the ledger, which records it as found
    policy = PromotePolicy(policy="automatic")
    examined = compare_with_champion(
        find_version(NAME, CHAMPION),
        policy,
        test=world.root / "made/test.parquet",
        label="late",
        metric=METRICS[policy.metric],
    )
    Attacker(attacker.url, NAME, CHAMPION).alias("champion")
    assert examined.verdict == "a person decides"
    assert "differ from those that were registered" in examined.sentence


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("input_example.json", b'{"columns": ["carrier"], "data": [["x"]]}'),
        ("requirements.txt", b"evil==1.0\n"),
        ("python_env.yaml", b"dependencies: [evil]\n"),
        ("python_model.pkl", pickle.dumps(Evil())),
        ("code/loader.py", b"open('canary', 'w')\n"),
        ("MLmodel", b"flavors: {python_function: {loader_module: loader, python_model: python_model.pkl}}\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_version_with_an_altered_or_added_model_file_is_refused(attacker, tmp_path, path, content):
    attacker.put(path, content)
    with pytest.raises(RegistryError, match=ALTERED):
        load_version(find_version(NAME, VICTIM), tmp_path / "model", [EVIL])


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("artifact_sha256", "0" * 64),
        ("data_until", "2000-01-01"),
        ("git_revision", "--upload-pack=touch canary"),
        ("key", "another"),
        ("lock_hash", "0" * 64),
        ("model_sha256", "0" * 64),
        ("record", "-x"),
        ("reference", "../../../etc/passwd"),
        ("seal", "forged"),
        ("uncommitted", "uncommitted.patch"),
    ],
)
def test_version_with_an_altered_or_added_tag_is_refused_by_the_name_of_the_tag(
    attacker, tmp_path, tag, value
):
    attacker.tag(f"trimtab.{tag}", value)
    with pytest.raises(RegistryError, match="The tags of attacked version 1 differ from those"):
        load_version(find_version(NAME, VICTIM), tmp_path / "model")


def test_version_loads_after_own_tags_and_the_decision_tag_were_changed(attacker, tmp_path):
    attacker.tag("trimtab.decision", "promoted")
    attacker.tag("owner", "alice")
    assert load_version(find_version(NAME, VICTIM), tmp_path / "model").features == tuple(FEATURES)


def test_altered_tag_is_named_when_the_run_has_the_original(attacker, client, tmp_path):
    attacker.tag("trimtab.key", "another")
    client.set_tag(find_version(NAME, VICTIM).run_id, "trimtab.key", "whatever")
    with pytest.raises(RegistryError, match=r"registered with: trimtab\.key"):
        load_version(find_version(NAME, VICTIM), tmp_path / "model")


def test_altered_reference_profile_is_refused(attacker, world, tmp_path):
    attacker.put_in_run("models/reference.json", b"{}")
    attacker.alias("champion")
    error = refused(lambda: load_champion(NAME, into=tmp_path / "champion"))
    problems = run("verify")
    Attacker(attacker.url, NAME, CHAMPION).alias("champion")
    assert (
        "The file models/reference.json of attacked version 1 differs from the one that was registered"
        in error
    )
    assert "models/reference.json" in problems


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


def test_version_of_an_attacker_executes_no_type_that_the_checkout_does_not_trust(
    client, attacker, tmp_path, world
):
    """Whoever may write can register a version of their own, whole and sealed."""
    foreign = world.copy(tmp_path / "other", "foreign").declare("model", meta={"trusted_types": [EVIL]})
    (foreign.root / "made" / "flights.skops").write_bytes(evil_model())
    flights(5, seed=2)[FEATURES[1:]].to_parquet(foreign.root / "made" / "input_example.parquet")
    foreign.repro()
    version = publish(foreign.gather())
    Path(tmp_path / "canary").unlink()  # the attacker's own machine

    for refuse in (
        lambda: load_version(version, tmp_path / "model"),
        lambda: promote_manually(version, by="alice", reason="r"),
    ):
        with pytest.raises(ModelError, match=f"not trusted: {EVIL}"):
            refuse()
    assert f"not trusted: {EVIL}" in run(*SCORE, str(tmp_path / "s.parquet"), "--model", "models:/foreign/1")


DEEP = "a: " + "[" * 3000 + "]" * 3000
EXAMPLE = "flavors: {}\nsaved_input_example_info: {artifact_path: %s, type: dataframe}\n"


@pytest.mark.parametrize(
    ("mlmodel", "problem"),
    [
        ("flavors: {}", "does not name the columns it reads"),
        ("signature: 7", "does not name the columns it reads"),
        ("signature: {inputs: '[{]'}", "MLmodel cannot be read"),
        ("a: &a [x]\nb: !!python/object/apply:os.system [touch canary]", "MLmodel cannot be read"),
        ("[1]", "MLmodel cannot be read"),
        (DEEP, "MLmodel cannot be read"),
        (" " * (5 << 20), "MLmodel has 5,242,880 bytes"),
    ],
    ids=["none", "number", "json", "object", "list", "deep", "large"],
)
def test_mlmodel_file_that_an_attacker_registered_is_refused_and_executes_nothing(
    tmp_path, monkeypatch, mlmodel, problem
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "MLmodel").write_text(mlmodel)
    with pytest.raises(RegistryError, match=problem):
        read_signature(Version("m", 1, "r", False, "", {}, {}), tmp_path)
    assert not (tmp_path / "canary").exists()


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


@pytest.mark.parametrize("path", ["../secret.json", "/etc/passwd", "link.json", "absent.json", "[a]"])
def test_input_example_is_refused_when_it_lies_outside_of_the_model_folder(tmp_path, path):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "MLmodel").write_text(EXAMPLE % path)
    with pytest.raises(RegistryError, match="no file of the model"):
        read_input_example(Version("m", 1, "r", False, "", {}, {}), folder)


def test_version_without_a_seal_is_refused_with_a_fix(client, attacker, tmp_path):
    run = client.create_run("0").info
    client.create_registered_model("unsealed")
    source, tags = f"{run.artifact_uri}/model", {"trimtab.key": "k"}
    client.create_model_version("unsealed", source, run.run_id, tags=tags)
    with pytest.raises(RegistryError, match=r"has no seal[\s\S]*publish the same content again"):
        load_version(find_version("unsealed", 1), tmp_path / "model")


def test_publish_registers_content_again_when_its_version_has_no_seal(client, project):
    old = project.publish()
    client.delete_model_version_tag(project.name, "1", "trimtab.seal")
    again = project.publish()
    assert (again.version, again.created) == (2, True)
    assert find_version(project.name, old.version), "and the old one stays"
    assert publish(project.gather()).version == again.version


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
