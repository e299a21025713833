"""What a version was made of, from a real MLflow and the repository of its project."""

from __future__ import annotations

import subprocess

import pytest

from trimtab.errors import RegistryError
from trimtab.registry import find_version
from trimtab.registry.bill_of_materials import gather_materials
from trimtab.registry.loading import ModelTrust
from trimtab.registry.promotion import publish_checkout
from trimtab.registry.provenance import environment_lock

HASH = "7" * 64


@pytest.fixture
def registered(checkout):
    """A version whose commit has a lock file with one installed package and one that is not installed."""
    line = next(line for line in environment_lock().splitlines() if line.startswith("numpy=="))
    lock = f"{line} \\\n    --hash=sha256:{HASH}\nnot-installed==1.0 --hash=sha256:{HASH}\n"
    (checkout.root / "requirements.lock").write_text(lock)
    for args in (["add", "-A"], ["commit", "-qm", "Lock"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)
    (version,) = publish_checkout(checkout.root, checkout.graph, reason="r", by="alice")
    return checkout, version


def test_materials_of_a_version_are_its_data_packages_and_commit(registered):
    checkout, version = registered
    materials = gather_materials(checkout.root, version, ModelTrust())
    packages = {package.name: package for package in materials.packages}
    assert packages["numpy"].hashes == (f"sha256:{HASH}",)
    assert "not-installed" not in packages
    assert [(each.context, each.path) for each in materials.datasets] == [
        ("training", "reports/validate_raw")
    ]
    assert materials.commit == version.tag("git_revision")
    assert materials.metrics["model.roc_auc"] == 0.81


def test_materials_of_a_version_with_an_altered_tag_are_refused(registered, client):
    checkout, version = registered
    client.set_model_version_tag(version.name, "1", "trimtab.data_until", "2031-01-01")
    with pytest.raises(RegistryError, match=r"tags of .* differ"):
        gather_materials(checkout.root, find_version(version.name, 1), ModelTrust())


def test_materials_of_a_version_whose_commit_is_gone_are_refused(registered, tmp_path):
    _, version = registered
    subprocess.run(["git", "init", "-q", str(tmp_path / "other")], check=True)
    with pytest.raises(RegistryError, match="has no commit"):
        gather_materials(tmp_path / "other", version, ModelTrust())
