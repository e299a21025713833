"""An attacker with write access to MLflow: no command or task loads or executes what the attacker changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library.registry.attacker import EVIL, Attacker, evil_model
from tests.library.registry.loading.conftest import ALTERED, CHAMPION, NAME, SCORE, VICTIM, run
from tests.library.registry.one_challenger import compare_with_champion
from trimtab.errors import RegistryError
from trimtab.learning import BINARY
from trimtab.pipeline.graph.project import Project
from trimtab.registry import (
    PromotePolicy,
    ScorePolicy,
    check_newest_window,
    find_version,
    load_champion,
    promote,
    publish,
    score_in_shadow,
    score_windows,
)
from trimtab.registry.ledger.ledger import Ledger


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
            find_version(NAME, CHAMPION), policy, test=test, label="late", metric=BINARY.metrics["roc_auc"]
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
                version(), policy, test=test, label="late", metric=BINARY.metrics["roc_auc"]
            )
        ),
        "batch score": lambda: refused(lambda: score_windows(version(), windows, ScorePolicy(), by="d")),
        "drift": measured,
    }


@pytest.mark.parametrize(
    "alter",
    [
        altered_model,
        altered_tag,
        pytest.param(altered_model_and_tags, marks=pytest.mark.slow),
        pytest.param(altered_mlmodel, marks=pytest.mark.slow),
    ],
    ids=lambda f: f.__name__,
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
        metric=BINARY.metrics["roc_auc"],
    )
    Attacker(attacker.url, NAME, CHAMPION).alias("champion")
    assert examined.verdict == "a person decides"
    assert "differ from those that were registered" in examined.sentence


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


def test_publish_registers_content_again_when_its_version_has_no_seal(client, project):
    old = project.publish()
    client.delete_model_version_tag(project.name, "1", "trimtab.seal")
    again = project.publish()
    assert (again.version, again.created) == (2, True)
    assert find_version(project.name, old.version), "and the old one stays"
    assert publish(project.gather()).version == again.version
