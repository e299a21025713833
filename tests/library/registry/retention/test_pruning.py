"""Prune removes what the retention policy no longer keeps; all else stays intact."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime

import pytest

from tests.library.registry.retention.prunable import damage, numbers, prune
from trimtab.errors import ProjectError, RegistryError
from trimtab.registry.ledger.ledger_entry import LedgerEntry
from trimtab.registry.ledger.ledger_storage import create_ledger_run as begin_ledger
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.retention.live_versions import find_live_versions
from trimtab.registry.retention.pruning import find_removals
from trimtab.registry.retention.retention_policy import RetentionPolicy, read_policy


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
