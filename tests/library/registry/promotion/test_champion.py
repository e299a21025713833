"""The champion, loaded with its reference profile."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.registry.fixtures import TREE, put_hour_example
from trimtab.errors import ModelError, RegistryError
from trimtab.registry import find_champion, load_champion
from trimtab.registry.loading import ModelTrust


@pytest.fixture(scope="module")
def published_trees(server, template, trees, tmp_path_factory):
    """A version whose model needs a type to be trusted, and says so."""
    project = template.copy(tmp_path_factory.mktemp("publish"), "trees")
    put_hour_example(project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        return project.declare("model", meta={"trusted_types": [TREE]}).publish(trees)


def test_version_with_trusted_types_loads(client, published_trees, trees, tmp_path):
    client.set_registered_model_alias("trees", "champion", "1")

    champion = load_champion("trees", into=tmp_path / "champion", trusted=ModelTrust((TREE,)))

    rows = pd.DataFrame({"distance": [0.5, 0.5], "hour": [0.1, 0.9]})
    assert np.array_equal(champion.model.predict(rows), trees.predict_proba(rows)[:, 1])


def test_champion_with_a_type_that_the_checkout_does_not_trust_is_refused(client, published_trees, tmp_path):
    # given files, and a version, that claim more trust
    client.set_registered_model_alias("trees", "champion", "1")
    assert TREE in published_trees.tags["trimtab.trusted_types"]

    with pytest.raises(ModelError, match="not trusted"):
        load_champion("trees", into=tmp_path / "champion")


def test_champion_loads_with_its_reference_profile(client, published, template, tmp_path):
    published("loaded")

    champion = load_champion("loaded", into=tmp_path / "champion")

    assert champion.version.version == 1
    assert champion.version.metrics["model.roc_auc"] == 0.81
    assert champion.model.features == ("carrier", "distance", "hour")
    assert champion.reference.read_bytes() == (template.root / "models/reference.json").read_bytes()
    assert champion.reference.is_relative_to(tmp_path)


@pytest.mark.usefixtures("aliases")
@pytest.mark.parametrize("name", ["contenders", "never-published"])
def test_load_champion_without_a_champion_is_refused_with_a_fix(name, tmp_path):
    assert find_champion(name) is None

    with pytest.raises(RegistryError, match=r"No version .* is champion[\s\S]*to do: run the training DAG"):
        load_champion(name, into=tmp_path)
