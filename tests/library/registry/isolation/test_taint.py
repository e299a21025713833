"""Whether a version comes from isolated data."""

from __future__ import annotations

import hashlib
import shutil

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.errors import RegistryError
from trimtab.pipeline.graph.project import Project
from trimtab.registry.isolation.taint import find_taint, require_untainted
from trimtab.registry.promotion.checkout_registration import publish_checkout


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture
def version(checkout):
    """A version that was published from a checkout, whose inputs git has."""
    checkout.repro()
    (version,) = publish_checkout(checkout.root, Project(checkout.root).graph(), reason="r", by="alice")
    return version


def test_version_is_not_tainted_while_nothing_is_isolated(client, version, checkout):
    assert find_taint(client, version, None) is None, "no listing is needed"


def test_version_made_from_an_isolated_file_is_refused_with_who_when_and_why(
    client, version, checkout, isolate
):
    isolate(md5(checkout.root / "made/flights.skops"))

    with pytest.raises(RegistryError, match=r"which alice isolated on 20..-..-..: wrong labels") as raised:
        require_untainted(client, version, checkout.root)

    assert "made/flights.skops of stage 'train'" in str(raised.value)
    assert "--undo" in str(raised.value)


@pytest.mark.parametrize(
    "path", ["models/flights.skops", "made/plots/roc.csv"], ids=["output", "in a folder"]
)
def test_version_is_tainted_by_an_output_and_by_a_file_in_a_folder_that_git_has(
    client, version, checkout, isolate, path
):
    isolate(md5(checkout.root / path))

    assert find_taint(client, version, checkout.root)


def test_version_is_not_tainted_by_data_it_was_not_made_from(client, version, checkout, isolate):
    isolate("f" * 32)

    assert find_taint(client, version, checkout.root) is None


def test_version_is_refused_where_its_folders_are_not_known(client, version, isolate, tmp_path):
    isolate("f" * 32)

    for root in (None, tmp_path):
        with pytest.raises(RegistryError, match=r"It is not known whether .* comes from isolated data"):
            require_untainted(client, version, root)


def test_version_that_the_log_lists_is_tainted_without_its_lock(client, version, isolate):
    isolate("f" * 32, versions={version.name: [version.version]})

    assert find_taint(client, version, None)


def test_stage_that_the_version_does_not_come_from_does_not_taint_it(client, checkout, isolate):
    file = checkout.root / "dvc.yaml"
    other = (
        "  other:\n    cmd: cp params.yaml other.txt\n    deps: [made/metrics.json]\n    outs: [other.txt]\n"
    )
    file.write_text(file.read_text().replace("stages:\n", f"stages:\n{other}"))
    (checkout.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/other.txt\n")
    checkout.repro()
    (version,) = publish_checkout(checkout.root, Project(checkout.root).graph(), reason="r", by="alice")
    isolate(md5(checkout.root / "other.txt"))

    assert find_taint(client, version, checkout.root) is None


def test_promote_and_rollback_refuse_a_tainted_version_until_it_is_released(
    client, version, checkout, isolate
):
    def trimtab(*args):
        return CliRunner().invoke(cli, [*args, "--reason", "because"])

    content = md5(checkout.root / "made/flights.skops")
    isolate(content)
    refused = trimtab("promote", "1")
    assert "was made from" in str(refused.exception)
    assert "champion" not in client.get_registered_model(version.name).aliases

    assert trimtab("isolate", content, "--undo").exit_code == 0
    assert trimtab("promote", "1").exit_code == 0


def test_lock_of_a_lost_run_is_no_clean_version(client, version, checkout, isolate, database):
    isolate("f" * 32)
    (artifacts,) = (database.parent / "artifacts").rglob(f"{version.run_id}/artifacts")
    shutil.move(artifacts / "dvc.lock", artifacts / "gone")

    with pytest.raises(RegistryError, match="cannot be downloaded"):
        find_taint(client, version, checkout.root)
