"""Internals of DVC: one test per name that Trimtab uses and DVC does not promise.

A test that fails after an update of DVC says which name has moved. Adapt ``trimtab.pipeline.dvc_compat``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
from importlib.metadata import version
from pathlib import Path

import pytest
from dvc.repo import Repo

from trimtab.errors import ProjectError
from trimtab.pipeline import dvc_compat
from trimtab.pipeline.dvc_compat import (
    HOOKS,
    LOAD_TEMPLATE_FILE,
    Hook,
    hooked,
    plot_definitions,
    read_only_repo,
    settings_files,
    template_key,
)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: f"{hook.owner}.{hook.name}")
def test_hook_exists_with_the_parameters_of_its_replacement(hook):
    _, attribute = hook.find()

    assert attribute is not None


def test_all_hooks_of_the_module_are_tested():
    import trimtab.pipeline.dvc_compat as module

    assert {value for value in vars(module).values() if isinstance(value, Hook)} == set(HOOKS)


@pytest.mark.parametrize(
    ("hook", "change"),
    [
        (Hook("dvc.repo.index.Index", "gone", (), "to test"), "Index.gone has moved: it is gone"),
        (Hook("dvc.repo.index.Gone", "load", (), "to test"), "Gone.load has moved: it is gone"),
        (Hook("dvc.gone", "load", (), "to test"), "dvc.gone.load has moved: it is gone"),
        (
            Hook("dvc.repo.index.Index", "from_file", ("cls", "path"), "to test"),
            "from_file has moved: its parameters are cls, repo, path",
        ),
    ],
)
def test_hook_that_has_moved_is_refused_with_the_name_and_the_purpose(hook, change):
    with pytest.raises(ProjectError, match=change) as refusal, hooked(hook, lambda original: original):
        pass

    assert "to test" in refusal.value.where


def test_hook_is_restored_after_an_error():
    owner, original = LOAD_TEMPLATE_FILE.find()

    def fail_while_hooked() -> None:
        with hooked(LOAD_TEMPLATE_FILE, lambda _: None):
            raise ValueError(vars(owner)["load_from"])

    with pytest.raises(ValueError, match="None"):
        fail_while_hooked()

    assert vars(owner)["load_from"] is original


def test_index_plots_has_the_plots_of_each_dvc_yaml(project):
    checkout = project(
        {
            "dvc.yaml": "stages: {a: {cmd: echo}}\nplots: [one.csv, {Loss: {x: step}}]\n",
            "sub/dvc.yaml": "plots: [two.csv]\n",
        }
    )

    with Repo(str(checkout.root)) as repo:
        definitions = plot_definitions(repo.index)

    plots = [plot for plots in definitions.values() for plot in plots]
    assert {next(iter(plot)) if isinstance(plot, dict) else plot for plot in plots} == {
        "Loss",
        "one.csv",
        "two.csv",
    }


def test_settings_files_are_those_of_dvc_and_the_ignore_file_of_git(project):
    checkout = project({"dvc.yaml": "stages: {a: {cmd: echo}}\n"})

    with Repo(str(checkout.root)) as repo:
        files = settings_files(repo)

    assert {".dvc/config", ".dvc/config.local"} <= set(files)
    assert any(file.endswith("git/ignore") for file in files)


def test_read_only_repo_replaces_nothing_if_the_folder_is_writable(project):
    checkout = project({"dvc.yaml": "stages: {a: {cmd: echo}}\n"})

    with read_only_repo(checkout.root), Repo(str(checkout.root)) as repo:
        assert repo.tmp_dir == str(checkout.root / ".dvc" / "tmp")


def test_template_key_is_found_in_the_frames_of_dvc_parsing(project):
    checkout = project({"dvc.yaml": "vars: [{x: 5}]\nstages: {a: {matrix: {y: '${x}'}, cmd: x}}"})

    with pytest.raises(TypeError) as raised, Repo(str(checkout.root)) as repo:
        _ = repo.index.stages

    assert template_key(raised.value) == "stages.a"


def test_template_key_of_an_error_from_elsewhere_is_empty():
    assert template_key(ValueError("elsewhere")) == ""


# Internal name of DVC, the function of dvc_compat that uses it, and the parameters it must take.
INTERNALS = [
    ("dvc.stage.run:_make_cmd", "shell_argv", ["executable", "cmd"]),
    ("dvc.stage.run:get_executable", "shell_argv", []),
    ("dvc.env:DVC_ROOT", "command_environment", None),
    ("dvc.env:DVC_STAGE", "command_environment", None),
    ("dvc.utils:fix_env", "command_environment", ["env"]),
    ("dvc.rwlock:rwlock", "hold_path_locks", ["tmp_dir", "fs", "cmd", "read", "write", "hardlink"]),
    ("dvc.utils:dict_sha256", "run_cache_hash", ["d"]),
    ("dvc.stage.cache:StageCache", "run_cache_folder", ["repo"]),
    ("dvc.schema:COMPILED_LOCK_FILE_STAGE_SCHEMA", "read_run_cache_entry", None),
    ("dvc.utils.serialize:load_yaml", "read_run_cache_entry", ["path"]),
    ("dvc.utils.serialize:YAMLFileCorruptedError", "read_run_cache_entry", None),
    ("dvc_data.hashfile.hash:file_md5", "file_md5", ["fname", "fs", "name"]),
    ("dvc_data.hashfile.hash:hash_file", "hash_file", ["path", "fs", "name", "info"]),
    ("dvc_data.hashfile.hash_info:HashInfo", "hash_info", ["name", "value"]),
    ("dvc_data.hashfile.state:State", "open_hash_database", ["root_dir", "tmp_dir"]),
    ("dvc_data.hashfile.state:State.get_many", "Hasher", ["items", "fs", "infos"]),
    ("dvc_data.hashfile.state:State.save_many", "Hasher", ["items", "fs"]),
    ("dvc.ignore:DvcIgnoreFilter.walk", "walk_not_ignored", ["fs", "path"]),
    ("dvc_data.hashfile.istextfile:istextfile", "is_text_file", ["fname", "fs"]),
    ("dvc_objects.fs.utils:umask", "clone_file", None),
    ("dvc_objects.fs.generic:transfer", "link_files", ["from_fs", "from_path", "to_fs", "to_path", "links"]),
    ("dvc_objects.fs.generic:test_links", "working_link_types", ["links", "from_fs", "from_path"]),
    ("dvc_objects.fs.system:reflink", "clone_file", ["src", "dst"]),
    ("dvc_data.hashfile.db.local:LocalHashFileDB.unprotect", "unprotect", ["path"]),
    ("dvc_data.hashfile.db.local:LocalHashFileDB.CACHE_MODE", "CacheObjects", None),
    ("dvc.scm:NoSCM", "is_git_repository", None),
    ("dvc.repo.scm_context:SCMContext.ignore", "add_to_gitignore", ["path"]),
    ("dvc.repo.scm_context:SCMContext.track_file", "track_in_git", ["paths"]),
    ("dvc.data_cloud:DataCloud.get_remote_odb", "open_remote_cache", ["name", "command", "hash_name"]),
    ("dvc_objects.fs.errors:RemoteMissingDepsError", "lacks_remote_support", None),
    ("dvc.stage:PipelineStage", "external_lock_item", None),
    ("dvc.stage:create_stage", "external_lock_item", ["cls", "repo", "path"]),
    ("dvc.stage.serialize:to_single_stage_lockfile", "external_lock_item", ["stage"]),
    ("dvc.config_schema:RelPath", "is_relative_path", None),
]

PACKAGES = ("cache", "worktree", "execution", "record", "dvc_errors.py")

# What these packages may import of DVC outside of dvc_compat.
ENTRY_POINTS = {"dvc.repo.Repo", "dvc.config.Config", "dvc.exceptions.DvcException"}

SOURCE = Path(dvc_compat.__file__).parent


@pytest.mark.parametrize(("name", "user", "parameters"), INTERNALS, ids=[name for name, *_ in INTERNALS])
def test_dvc_internal_name_is_where_dvc_compat_expects_it(name, user, parameters):
    module, _, path = name.partition(":")
    moved = f"DVC {version('dvc')} has no {name} as trimtab.pipeline uses it: adapt `{user}`"
    try:
        found = importlib.import_module(module)
        for attribute in path.split("."):
            found = getattr(found, attribute)
    except (ImportError, AttributeError):
        pytest.fail(moved)
    if parameters is not None:
        taken = inspect.signature(found).parameters
        assert set(parameters) <= set(taken), f"{moved}; its parameters are {', '.join(taken)}"


def test_dvc_internals_are_imported_by_dvc_compat_only():
    files = [file for name in PACKAGES for file in [SOURCE / name, *(SOURCE / name).glob("*.py")]]
    elsewhere = {
        f"{file.relative_to(SOURCE)}: {name}"
        for file in files
        if file.suffix == ".py"
        for name in _runtime_imports(file)
        if name.split(".")[0] in ("dvc", "dvc_data", "dvc_objects") and name not in ENTRY_POINTS
    }
    assert not elsewhere


def _runtime_imports(file: Path) -> set[str]:
    """Return the names that a module imports from others, without those for type checkers only."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node not in typing_only
        for alias in node.names
    }


def test_shell_argv_runs_the_command_in_the_users_shell(monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/bash")
    argv = dvc_compat.shell_argv("echo 1")
    assert argv[0] == "/bin/bash"
    assert argv[-2:] == ["-c", "echo 1"]


@pytest.mark.parametrize("replace_root", [True, False])
def test_command_environment_keeps_an_outer_dvc_root_unless_it_is_replaced(monkeypatch, replace_root):
    monkeypatch.setenv("DVC_ROOT", "/outer")
    env = dvc_compat.command_environment(stage="train", root=Path("/own"), replace_root=replace_root)
    assert env["DVC_STAGE"] == "train"
    assert env["DVC_ROOT"] == ("/own" if replace_root else "/outer")


def test_run_cache_hash_does_not_depend_on_sizes():
    entry = {"cmd": "x", "deps": [{"path": "a", "md5": "0" * 32, "size": 1}]}
    larger = {"cmd": "x", "deps": [{"path": "a", "md5": "0" * 32, "size": 2}]}
    other = {"cmd": "x", "deps": [{"path": "a", "md5": "1" * 32, "size": 1}]}
    assert dvc_compat.run_cache_hash(entry) == dvc_compat.run_cache_hash(larger)
    assert dvc_compat.run_cache_hash(entry) != dvc_compat.run_cache_hash(other)


@pytest.mark.parametrize("text", ["cmd: [", "nothing: of a stage\n"], ids=["no YAML", "no lock entry"])
def test_run_cache_entry_that_dvc_would_not_read_is_refused(tmp_path, text):
    (tmp_path / "entry").write_text(text)
    with pytest.raises(ValueError, match="Not a lock entry"):
        dvc_compat.read_run_cache_entry(tmp_path / "entry")


def test_gitignore_has_the_line_that_dvc_writes(project):
    checkout = project({"data/x": ""})
    with checkout.dvc() as repo:
        assert dvc_compat.is_git_repository(repo)
        dvc_compat.add_to_gitignore(repo, [checkout.root / "data/x"])
    assert checkout.read("data/.gitignore") == "/x\n"


def test_run_cache_folder_and_remote_are_those_of_the_project(project, tmp_path):
    checkout = project({})
    checkout.write(
        {".dvc/config.local": f"[core]\n    remote = r\n['remote \"r\"']\n    url = {tmp_path}/r\n"}
    )
    with checkout.dvc() as repo:
        assert dvc_compat.run_cache_folder(repo) == checkout.root / ".dvc" / "cache" / "runs"
        odb = dvc_compat.open_remote_cache(repo, "r", hash_name="md5")
    assert Path(odb.path) == tmp_path / "r" / "files" / "md5"


def test_external_dependency_has_the_hash_of_its_file(project, tmp_path):
    (tmp_path / "external.txt").write_text("one\n")
    checkout = project({})
    with checkout.dvc() as repo:
        item = dvc_compat.external_lock_item(
            repo, command="x", wdir=checkout.root, path=os.fspath(tmp_path / "external.txt"), kind="deps"
        )
    assert item["md5"] == "5bbf5a52328e7439ae6e719dfe712200"
