"""Prune removes what the retention policy no longer keeps; all else stays intact."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import pytest

from tests.conftest import Checkout
from tests.registry.retention.conftest import NAME, World, make_old, prepare
from trimtab.errors import ProjectError, RegistryError
from trimtab.pipeline.cache.garbage_collection import OID
from trimtab.pipeline.graph.project import Project
from trimtab.registry.drift_log.drift_log import CURVES_RUN
from trimtab.registry.ledger.ledger_entry import LedgerEntry
from trimtab.registry.ledger.ledger_storage import create_ledger_run as begin_ledger
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.retention.live_versions import find_live_versions
from trimtab.registry.retention.pruning import find_removals
from trimtab.registry.retention.retention_policy import RetentionPolicy, read_policy
from trimtab.registry.retention.verification import verify
from trimtab.registry.tracking.seal import write_seal
from trimtab.registry.tracking.version_tags import SEAL

OLD = 100  # days, more than candidate_days and object_days
DECISION = "trimtab.decision"


@pytest.fixture(scope="session")
def history(template, weak, strong, strong_again, tmp_path_factory) -> World:
    """A project with three commits, each of another model; nothing of it is registered."""
    world = World(tmp_path_factory.mktemp("prune") / "world", Path())
    world.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        made = template.copy(world.folder, NAME)
        prepare(made.root)
        for model in (weak, strong, strong_again):
            made.put(model)
            made.repro()
            world.checkout.commit("Another model")
        Project(made.root).graph()  # resolved once, and copied with the project
    return world


@pytest.fixture
def name(request) -> str:
    return request.node.name.translate(str.maketrans("_[ ", "---", "]"))


@pytest.fixture
def candidates(client, history, tmp_path, monkeypatch, name) -> World:
    """The project, and each of its commits registered as a version, without the model's files."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("COLUMNS", "300")  # of the table
    world = history.copy(tmp_path / "world")
    experiment = client.create_experiment(name)
    client.create_registered_model(name)
    for commit in own_commits(world.checkout, name):
        lock = world.checkout.show(commit, "dvc.lock")
        tags = {
            "trimtab.git_revision": commit,
            "trimtab.lock_hash": hashlib.sha256(lock.encode()).hexdigest(),
            SEAL: "a param of the run",
        }
        run_id = client.create_run(experiment).info.run_id
        client.log_text(run_id, lock, "dvc.lock")
        client.log_param(run_id, SEAL, write_seal(tags, {}))
        client.create_logged_model(experiment, name="model", source_run_id=run_id)
        client.create_model_version(name, f"runs:/{run_id}/model", run_id, tags=tags)
    return world


def own_commits(checkout: Checkout, name: str) -> list[str]:
    """Commit the history anew, so that no version of another test has its commits."""
    made: list[str] = []
    for tree in ("HEAD~2^{tree}", "HEAD~1^{tree}", "HEAD^{tree}"):
        parent = ["-p", made[-1]] if made else []
        user = ["-c", "user.name=a", "-c", "user.email=b"]
        made.append(checkout.git(*user, "commit-tree", tree, "-m", name, *parent))
    checkout.git("update-ref", "refs/heads/main", made[-1])
    return made


def damage(world: World, name: str) -> list[str]:
    """Return the problems of live versions; the files of their models are on no server here."""
    found = verify(world.root, name, read_policy(world.root))
    return [str(problem) for problem in found.problems if problem.part != "model"]


@pytest.fixture
def age(candidates, name, database, client):
    """Have versions decided on, and registered long ago, and the objects of the cache written long ago."""

    def make(*versions: int) -> None:
        for number in versions:
            client.set_model_version_tag(name, str(number), DECISION, "not better")
            make_old(database, name, number, OLD)
        then = time.time() - OLD * 24 * 3600
        for file in (candidates.root / ".dvc" / "cache" / "files").rglob("*"):
            os.utime(file, (then, then))

    return make


def numbers(client: mlflow.MlflowClient, name: str) -> set[int]:
    return {int(version.version) for version in client.search_model_versions(f"name = '{name}'")}


def prune(world: World, name: str, *args: str) -> str:
    done = world.run("prune", "--model", name, *args)
    assert done.exit_code == 0, (done.output, done.exception)
    return " ".join(done.stdout.split())


def test_prune_lists_first_and_removes_with_yes(client, candidates, name, age, runs):
    age(1, 2)

    shown = prune(candidates, name)

    assert f"{name} version 1, with its run" in shown
    assert "registered 100 days ago, never champion" in shown
    assert f"{name} version 3" not in shown
    assert "Nothing was removed" in shown
    assert numbers(client, name) == {1, 2, 3}

    prune(candidates, name, "--yes")

    assert numbers(client, name) == {3}
    (run,) = runs(name)
    (logged,) = client.search_logged_models([run.info.experiment_id])
    assert logged.source_run_id == run.info.run_id
    prune(candidates, name, "--yes")
    assert "Nothing to prune" in prune(candidates, name)


@pytest.mark.slow
def test_prune_removes_the_cache_objects_of_a_version_after_the_version(client, candidates, name, age):
    locks = [OID.findall(candidates.checkout.show(commit, "dvc.lock")) for commit in ("HEAD~2", "HEAD")]
    only_first = {oid for oid in set(locks[0]) - set(locks[1]) if candidates.object(oid).exists()}
    age(1, 2)

    prune(candidates, name, "--yes")
    assert only_first == {oid for oid in only_first if candidates.object(oid).exists()} != set()
    shown = prune(candidates, name, "--yes")

    assert "objects of DVC's cache" in shown
    assert not any(candidates.object(oid).exists() for oid in only_first)
    client.set_registered_model_alias(name, "champion", "3")
    assert damage(candidates, name) == []


REASONS = ["alias", "tag", "champion", "retired", "undecided", "young"]


@pytest.mark.parametrize(
    "why",
    [pytest.param(why, marks=[] if why in ("tag", "champion") else pytest.mark.slow) for why in REASONS],
)
def test_prune_keeps_a_version_that_is_protected(client, candidates, name, age, database, why):
    age(2) if why in ("undecided", "young") else age(1, 2)
    if why == "alias":
        client.set_registered_model_alias(name, "shadow", "1")
    elif why == "tag":
        client.set_model_version_tag(name, "1", "paper", "figure 3")
    elif why in ("champion", "retired"):
        for champion, how in ((1, "promoted"), (3, "rolled back" if why == "retired" else "promoted")):
            switch_champion(
                client, reconcile(client, name), champion=champion, how=how, by="alice", reason="r"
            )
    elif why == "undecided":
        make_old(database, name, 1, OLD)
    else:
        client.set_model_version_tag(name, "1", DECISION, "not better")

    shown = prune(candidates, name, "--yes")

    assert numbers(client, name) == {1, 3}, shown


@pytest.mark.slow
@pytest.mark.parametrize(("how", "left"), [("promoted", {2, 3}), ("rolled back", {1, 2, 3})])
def test_prune_removes_an_old_champion_unless_it_was_rolled_back_from(
    client, candidates, name, age, how, left
):
    age(1, 2, 3)
    run_id, now = begin_ledger(client, name), datetime.now(UTC).isoformat(timespec="seconds")
    switches = [(1, "promoted", "2020-01-01T00:00:00+00:00"), (2, how, "2020-06-01T00:00:00+00:00")]
    before: LedgerEntry | None = None
    for champion, done, at in [*switches, (3, "promoted", now)]:
        before = LedgerEntry(
            number=before.number + 1 if before else 1,
            model=name,
            champion=champion,
            was=before.champion if before else None,
            how=done,
            by="training/1",
            reason="r",
            at=at,
            previous=before.hash if before else "",
        )
        client.log_param(run_id, before.key, before.text)

    prune(candidates, name, "--yes")

    assert numbers(client, name) == left, "version 2 was champion until today"


def test_prune_keeps_a_version_that_became_champion_meanwhile(client, candidates, name, age):
    age(1)
    with find_removals(candidates.root, name, read_policy(candidates.root)) as found:
        (version,) = (removal for removal in found if "version" in removal.what)
        switch_champion(client, reconcile(client, name), champion=1, how="promoted", by="a", reason="r")
        version.remove()

    assert numbers(client, name) == {1, 2, 3}
    assert damage(candidates, name) == []


@pytest.mark.slow
def test_prune_keeps_a_run_that_another_version_has(client, candidates, name, age):
    run_id = client.get_model_version(name, "1").run_id
    client.create_registered_model(f"{name}-copy")
    client.create_model_version(f"{name}-copy", f"runs:/{run_id}/model", run_id)
    age(1)

    prune(candidates, name, "--yes")

    assert numbers(client, name) == {2, 3}
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_prune_removes_old_drift_verdicts_but_not_the_curves_or_a_pending_one(
    client, candidates, name, database
):
    experiment = client.create_experiment(f"{name}-drift")
    tags = {
        "gone": {"trimtab.window": "2013-04"},
        "waits": {"trimtab.window": "2013-05", "trimtab.outcome": "pending"},
        "curves": {"trimtab.key": CURVES_RUN},
        "young": {"trimtab.window": "2013-06"},
    }
    made = {key: client.create_run(experiment, tags=held).info.run_id for key, held in tags.items()}
    with sqlite3.connect(database) as connection:
        for key in ("gone", "waits", "curves"):
            then = (int((time.time() - 731 * 24 * 3600) * 1000), made[key])
            connection.execute("UPDATE runs SET start_time = ? WHERE run_uuid = ?", then)
    connection.close()

    assert "drift verdict on 2013-04" in prune(candidates, name, "--yes")

    left = {run.info.run_id for run in client.search_runs([experiment])}
    assert left == {made["waits"], made["curves"], made["young"]}


def test_prune_removes_old_files_of_failed_stages(candidates, name, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path / "home"))
    for run, days in (("old", 31), ("new", 1)):
        file = tmp_path / "home" / "failed" / "training" / run / "train" / "report.json"
        file.parent.mkdir(parents=True)
        file.write_text("{}")
        then = time.time() - days * 24 * 3600
        for path in (file, *list(file.parents)[:2]):
            os.utime(path, (then, then))

    prune(candidates, name, "--yes")

    assert [path.name for path in (tmp_path / "home" / "failed" / "training").iterdir()] == ["new"]


@pytest.mark.slow
def test_prune_is_refused_while_another_one_is_running(client, candidates, name, age):
    age(1)
    policy = read_policy(candidates.root)
    with (
        find_removals(candidates.root, name, policy),
        pytest.raises(ProjectError, match="nothing has been removed"),
        find_removals(candidates.root, name, policy),
    ):
        pass


@pytest.mark.slow
def test_prune_removes_nothing_when_the_ledger_is_broken(client, candidates, name, age, database):
    age(1, 2)
    for champion in (3, 2):
        switch_champion(
            client, reconcile(client, name), champion=champion, how="promoted", by="a", reason="r"
        )
    run = find_live_versions(client, name, RetentionPolicy()).ledger.run_id
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM params WHERE run_uuid = ? AND key = '000001'", (run,))
    connection.close()

    done = candidates.run("prune", "--model", name, "--yes")

    assert isinstance(done.exception, RegistryError)
    assert numbers(client, name) == {1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_verify_finds_no_problem_in_protected_versions_after_prune(
    client, candidates, name, age, database, seed, tmp_path
):
    draw = random.Random(seed)
    age(*(number for number in (1, 2, 3) if draw.random() < 0.7))
    for _ in range(draw.randrange(4)):
        champion, how = draw.choice((1, 2, 3)), draw.choice(("promoted", "rolled back"))
        switch_champion(client, reconcile(client, name), champion=champion, how=how, by="a", reason="r")
    for alias in ("shadow", "canary"):
        if draw.random() < 0.3:
            client.set_registered_model_alias(name, alias, str(draw.choice((1, 2, 3))))
    tagged = {number for number in (1, 2, 3) if draw.random() < 0.2}
    for number in tagged:
        client.set_model_version_tag(name, str(number), "keep", "")
    if draw.random() < 0.5:
        candidates.checkout.git("tag", "paper", "HEAD~1")
    policy = read_policy(candidates.root)
    protected = set(find_live_versions(client, name, policy).reasons) | tagged
    lock = candidates.checkout.git("show", "HEAD~1:./dvc.lock")

    for _ in range(2):
        prune(candidates, name, "--yes")

    assert protected <= numbers(client, name)
    for number in protected:
        client.set_registered_model_alias(name, f"seen-{number}", str(number))
    assert damage(candidates, name) == []
    if candidates.checkout.git("tag"):
        named = [line.split()[-1] for line in lock.splitlines() if "md5:" in line]
        cached = [oid for oid in named if candidates.object(oid).exists()]
        assert candidates.checkout.locked("train")["outs"][0]["md5"] not in set(named) - set(cached)
