from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.registry.signing.trusted_keys import read_public_keys, read_signing_policy, required_keys


def test_project_without_the_section_requires_no_signature(tmp_path):
    assert required_keys(tmp_path) == ()
    (tmp_path / "params.yaml").write_text("train: {depth: 3}\n")
    assert (read_signing_policy(tmp_path).required, required_keys(tmp_path)) == (False, ())


def test_required_keys_are_the_listed_files(root):
    (key,) = required_keys(root)
    assert (key.name, key.file) == ("keys/release.pub", root / "keys/release.pub")


def test_listed_key_is_not_required_before_the_policy_says_so(root):
    (root / "params.yaml").write_text("signing: {public_keys: [keys/release.pub]}\n")
    assert (len(read_public_keys(root)), required_keys(root)) == (1, ())


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ("{required: true}", "names no key"),
        ("{required: true, public_key: [a]}", "unknown key 'public_key'.*public_keys"),
        ("{required: 'yes', public_keys: [keys/release.pub]}", "'required' is 'yes'"),
        ("{required: true, public_keys: ['']}", "public_keys"),
        ("[keys/release.pub]", "valid"),
        ("{required: true, public_keys: [keys/lost.pub]}", "cannot be read: No such file"),
    ],
)
def test_section_that_cannot_be_used_is_refused_and_does_not_count_as_unsigned(root, section, problem):
    (root / "params.yaml").write_text(f"signing: {section}\n")
    with pytest.raises(ConfigError, match=problem):
        required_keys(root)


def test_key_outside_of_the_repository_is_refused(root, ours, tmp_path_factory):
    link = root / "keys" / "link.pub"
    link.symlink_to(ours.public)
    for name in (str(ours.public), "../release.pub", "keys/link.pub"):
        (root / "params.yaml").write_text(f"signing: {{required: true, public_keys: [{name}]}}\n")
        with pytest.raises(ConfigError, match="outside of the repository"):
            required_keys(root)


def test_key_of_the_repository_counts_for_a_pipeline_in_a_folder_of_it(root):
    (root / ".git").mkdir()
    pipeline = root / "pipelines" / "fares"
    pipeline.mkdir(parents=True)
    (pipeline / "params.yaml").write_text(
        "signing: {required: true, public_keys: [../../keys/release.pub]}\n"
    )
    assert len(required_keys(pipeline)) == 1
