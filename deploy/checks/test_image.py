"""The Dockerfile: linted, not root, everything from the lock files."""

from __future__ import annotations

import re

import pytest
from conftest import DEPLOY, ROOT, run

DOCKERFILE = (DEPLOY / "image" / "Dockerfile").read_text()
LOCKS = sorted((DEPLOY / "image").glob("*.lock"))
TARGETS = ("stages", "airflow")


def pins(text: str) -> dict[str, set[str]]:
    """Return the versions of each package of a lock file; there is one for each environment marker."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][\w.-]*)==([^ \\\n;]+)", text, re.M):
        found.setdefault(name, set()).add(version)
    return found


def stage(name: str) -> str:
    """Return the instructions of a stage of the build."""
    return re.split(r"^FROM ", DOCKERFILE, flags=re.M)[
        [*re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.M)].index(name) + 1
    ]


def test_linter_has_no_complaint():
    done = run("hadolint", "--failure-threshold", "style", "deploy/image/Dockerfile")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_image_does_not_run_as_root(target):
    assert re.findall(r"^USER (\S+)", stage(target), re.M) == ["50000:0"]


@pytest.mark.parametrize("target", TARGETS)
def test_packages_come_from_the_lock_file_with_hashes(target):
    build = stage(f"{target}-packages")
    assert f"uv pip sync --python /opt/venv --require-hashes {target}.lock" in build
    assert "uv pip check" in build
    installs = re.findall(r"\bpip (?:install|sync)(?:[^\n]*\\\n)*[^\n]*", DOCKERFILE)
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--offline --no-deps" in install, install


def test_no_layer_has_a_secret():
    arguments = re.findall(r"^(?:ARG|ENV) (.*(?:\\\n.*)*)", DOCKERFILE, re.M)
    assert arguments
    assert not re.search(r"password|secret|token|_key|index", "".join(arguments), re.I)
    # A secret is mounted for one command.
    for line in re.findall(r"^.*UV_DEFAULT_INDEX.*$", DOCKERFILE, re.M):
        assert line.startswith(("#", "RUN --mount=type=secret,id=index", "      ${UV_DEFAULT_INDEX:+"))


def test_build_copies_only_what_the_context_lets_through():
    ignore = (DEPLOY / "image" / "Dockerfile.dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in ignore if line.startswith("!")}
    assert "*" in ignore
    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M)
        for word in [each for each in line.split() if not each.startswith("--")][:-1]
    }
    assert copied
    for path in copied:
        assert (ROOT / path).exists(), path
        assert path in allowed or re.sub(r"[^/]+\.lock$", "*.lock", path) in allowed, path


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_version_of_the_image_is_the_laptops_version_too(lock):
    laptop, image = pins((ROOT / "requirements.lock").read_text()), pins(lock.read_text())
    assert image
    different = {name: versions for name, versions in image.items() if laptop.get(name, versions) != versions}
    assert different == {}


def test_stages_image_has_no_airflow_and_no_mlflow():
    packages = pins((DEPLOY / "image" / "stages.lock").read_text())
    assert "dvc" in packages
    assert {name.partition("-")[0] for name in packages}.isdisjoint({"apache", "mlflow"})
