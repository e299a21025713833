"""Where an environment is, and by which policy: only what is committed counts."""

from __future__ import annotations

import pytest

from tests.library.registry.environments.conftest import git, refuse
from trimtab.errors import ConfigError
from trimtab.registry.environments import find_target


def test_target_has_the_addresses_and_the_policy_of_the_commit(environments):
    target = find_target(environments.project.root, "prod")

    assert (target.mlflow, target.remote) == (environments.prod, "prod")
    assert (target.policy.policy, target.policy.metric) == ("automatic", "roc_auc")


def test_unknown_environment_is_refused_with_the_closest_one(environments):
    with pytest.raises(ConfigError, match="no environment 'prd'; did you mean 'prod'"):
        find_target(environments.project.root, "prd")


@pytest.mark.parametrize(
    "file", ["trimtab.yaml", "params.yaml", "dvc.yaml"], ids=["settings", "params", "dvc"]
)
def test_uncommitted_settings_are_refused(environments, file):
    settings = environments.project.root / file
    settings.write_text(settings.read_text() + "# elsewhere\n")

    refuse(environments, ConfigError, f"uncommitted changes: {file}")


def test_remote_that_the_project_does_not_have_is_refused(environments):
    settings = environments.project.root / "trimtab.yaml"
    settings.write_text(settings.read_text().replace("remote: prod", "remote: prods"))
    git("commit", "-qam", "Another remote")

    refuse(environments, ConfigError, "has no DVC remote 'prods'; did you mean 'prod'")


def test_registry_of_the_source_is_refused_as_target(environments):
    settings = environments.project.root / "trimtab.yaml"
    settings.write_text(settings.read_text().replace(environments.prod, environments.dev))
    git("commit", "-qam", "The same registry")

    refuse(environments, ConfigError, "is the one of the environment variables")
