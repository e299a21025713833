"""The commands of a stage: outputs before they run, and files that they changed."""

from __future__ import annotations

import os

import pytest

from trimtab.errors import StageError
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.stage_commands import file_versions, run_stage_commands
from trimtab.pipeline.graph import Output, Stage
from trimtab.pipeline.worktree.worktree import WorkTree


@pytest.fixture
def tree(project):
    """A checkout in which commands run."""
    checkout = project({"dvc.yaml": "", "source.txt": "source\n", "sub/keep": ""})
    with checkout.dvc() as repo:
        yield WorkTree(repo)


def test_commands_run_in_order_in_the_working_directory_of_the_stage(tree):
    commands = ("echo one > ../out.txt", "pwd >> ../out.txt")
    run_stage_commands(tree, Stage("s", commands, "sub", outs=(Output("out.txt"),), cmd_is_list=True))
    assert (tree.root / "out.txt").read_text().splitlines() == ["one", str(tree.root / "sub")]


def test_text_of_several_lines_is_a_command_for_each_line(tree):
    with pytest.raises(CommandError, match="exit code 3: exit 3"):
        run_stage_commands(tree, Stage("s", ("echo 1 > first\nexit 3\necho 2 > last",)))
    assert (tree.root / "first").exists()
    assert not (tree.root / "last").exists()


def test_output_is_removed_before_the_commands_run_unless_it_persists(tree):
    for name in ("out.txt", "kept.txt"):
        (tree.root / name).write_text("old\n")
    outs = (Output("out.txt"), Output("kept.txt", persist=True))
    run_stage_commands(tree, Stage("s", ("echo new >> out.txt; echo new >> kept.txt",), outs=outs))
    assert (tree.root / "out.txt").read_text() == "new\n"
    assert (tree.root / "kept.txt").read_text() == "old\nnew\n"


def test_output_below_a_link_that_leads_out_of_the_checkout_is_refused_and_kept(tree, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "out.txt").write_text("theirs\n")
    (tree.root / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(StageError, match="link"):
        run_stage_commands(tree, Stage("s", ("touch ran",), outs=(Output("link/out.txt"),)))
    assert (tmp_path / "outside" / "out.txt").read_text() == "theirs\n"
    assert not (tree.root / "ran").exists()


def test_added_variables_and_the_name_of_the_stage_are_in_the_environment(tree):
    command = 'echo "$DVC_STAGE $TRIMTAB_DAG_RUN" > out.txt'
    stage = Stage("train", (command,), outs=(Output("out.txt"),))
    run_stage_commands(tree, stage, env={"TRIMTAB_DAG_RUN": "training/1"})
    assert (tree.root / "out.txt").read_text() == "train training/1\n"


@pytest.mark.parametrize("change", ["write", "add", "remove", "chmod"])
def test_file_versions_of_a_folder_change_with_any_of_its_files(tmp_path, change):
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "a"
    file.write_text("1")
    before = file_versions(tmp_path)
    assert file_versions(tmp_path) == before
    {
        "write": lambda: file.write_text("22"),
        "add": lambda: (tmp_path / "b").touch(),
        "remove": file.unlink,
        "chmod": lambda: file.chmod(0o600 if file.stat().st_mode & 0o044 else 0o644),
    }[change]()
    assert file_versions(tmp_path) != before


def test_file_versions_of_a_missing_path_and_of_a_dangling_link_are_known(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    assert file_versions(tmp_path / "absent") == [(str(tmp_path / "absent"), 0, 0, 0, 0)]
    ((file, *version),) = file_versions(tmp_path / "link")
    assert (file, version[2]) == (str(tmp_path / "link"), os.lstat(tmp_path / "link").st_ino)
