"""Virtual environments made from lock files, with real packages of the configured index."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trimtab import virtual_environment
from trimtab.errors import StageError
from trimtab.user_cache import MAX_UNUSED
from trimtab.virtual_environment import activate, ensure_environment

# Another version than that of the main environment.
TABULATE = "tabulate==0.8.9 --hash=sha256:d7c013fe7abbc5e491394e10fa845f8f32fe54f8dc60c6622c6cf482d25d47e4\n"


@pytest.fixture(autouse=True)
def caches(request, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    if "slow" not in request.keywords:  # no package is installed
        monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/")
    return tmp_path / "caches" / "trimtab" / "environments"


def write_lock(folder: Path, text: str = TABULATE, name: str = "team.lock") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def ensure(tmp_path: Path, text: str = TABULATE) -> Path:
    return ensure_environment(write_lock(tmp_path / "project", text), root=tmp_path / "project")


def version_in(folder: Path) -> str:
    script = "import tabulate; print(tabulate.__version__)"
    return subprocess.run(
        ["python", "-c", script],
        env=activate(folder, {"PATH": os.environ["PATH"]}),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_activated_environment_is_as_the_script_activate_sets_it(tmp_path):
    variables = activate(tmp_path, {"PATH": "/usr/bin", "PYTHONHOME": "/x", "KEPT": "1"})

    assert variables == {"PATH": f"{tmp_path}/bin:/usr/bin", "VIRTUAL_ENV": str(tmp_path), "KEPT": "1"}


def test_uv_uses_the_index_of_pip_unless_it_has_its_own(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/pip")
    assert virtual_environment._uv_variables()["UV_DEFAULT_INDEX"] == "http://127.0.0.1:9/"

    monkeypatch.delenv("UV_DEFAULT_INDEX")
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    assert virtual_environment._uv_variables()["UV_DEFAULT_INDEX"] == "http://127.0.0.1:1/pip"


def test_environment_without_packages_has_no_package_of_the_caller(tmp_path, caches):
    folder = ensure(tmp_path, "")

    script = "import sys, importlib.util as u; print(sys.prefix, u.find_spec('click'))"
    done = subprocess.run(
        [folder / "bin" / "python", "-c", script], capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout.split() == [str(folder), "None"]
    assert [each.name for each in caches.iterdir() if each.is_dir()] == [folder.name]


def test_environment_of_the_same_content_is_created_once(tmp_path, monkeypatch):
    folder = ensure(tmp_path, "# a\n")
    monkeypatch.setattr(virtual_environment, "_create", lambda *_: pytest.fail("it is created again"))

    assert ensure(tmp_path, "# a\n") == folder


def test_environment_whose_python_was_removed_is_created_again(tmp_path):
    folder = ensure(tmp_path, "")
    (folder / "bin" / "python").unlink()

    assert ensure(tmp_path, "") == folder
    assert (folder / "bin" / "python").exists()


def test_environment_that_is_unused_for_long_is_removed_when_another_is_created(tmp_path):
    old, used = ensure(tmp_path, "# old\n"), ensure(tmp_path, "# used\n")
    for folder in (old, used):
        os.utime(folder, (time.time() - MAX_UNUSED - 60,) * 2)
    ensure(tmp_path, "# used\n")

    ensure(tmp_path, "# new\n")

    assert (old.exists(), used.exists()) == (False, True)


def test_environment_that_could_not_be_created_leaves_nothing(tmp_path, caches, monkeypatch):
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))

    with pytest.raises(StageError, match="cannot be created") as err:
        ensure(tmp_path)

    assert "tabulate" in str(err.value)
    assert err.value.where.endswith("team.lock")
    assert [each for each in caches.iterdir() if each.is_dir()] == []


def test_half_of_an_environment_of_a_killed_process_is_not_used(tmp_path, caches):
    lock = write_lock(tmp_path / "project", "")
    script = (
        "import os, sys; from pathlib import Path; from trimtab import virtual_environment as v;"
        "uv = v._uv; v._uv = lambda args, *more: os._exit(9) if args[0] == 'pip' else uv(args, *more);"
        f"v.ensure_environment(Path({str(lock)!r}), root=Path({str(lock.parent)!r}))"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert killed.returncode == 9
    assert any(each.name.startswith(".") for each in caches.iterdir()), "it was killed half-way"

    folder = ensure(tmp_path, "")

    assert (folder / virtual_environment.PACKAGES).read_text() == ""


@pytest.mark.slow
def test_environment_has_the_locked_version_and_concurrent_callers_share_it(tmp_path, caches):
    import tabulate

    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: ensure(tmp_path), range(4)))

    (folder,) = folders
    assert version_in(folder) == "0.8.9" != tabulate.__version__
    assert [each.name for each in caches.iterdir() if each.is_dir()] == [folder.name]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TABULATE.replace("d7c0", "0000"), "tabulate"),
        (f"humanizes-not-there==1.0 --hash=sha256:{'0' * 64}\n", "humanizes-not-there"),
    ],
    ids=["another hash", "no such package"],
)
def test_package_that_is_not_the_locked_one_is_refused(tmp_path, caches, text, said):
    with pytest.raises(StageError, match=said):
        ensure(tmp_path, text)

    assert [each for each in caches.iterdir() if each.is_dir()] == []
