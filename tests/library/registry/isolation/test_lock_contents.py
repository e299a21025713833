"""What the stages of a lock file read and wrote."""

from __future__ import annotations

from trimtab.registry.isolation.lock_contents import downstream, locked_stages, tainted_stages

RAW, RAW_FOLDER, CLEAN, MODEL, CODE = ("1" * 32, "2" * 32, "3" * 32, "4" * 32, "5" * 32)
LOCK = f"""
schema: '2.0'
stages:
  clean:
    cmd: clean
    deps:
    - {{path: data/raw, hash: md5, md5: {RAW_FOLDER}.dir, size: 3, nfiles: 2}}
    - {{path: clean.py, hash: md5, md5: {CODE}, size: 3}}
    - {{path: s3://elsewhere/x, etag: abc}}
    outs:
    - {{path: data/clean, hash: md5, md5: {CLEAN}.dir, size: 3, nfiles: 1}}
  train:
    cmd: train
    deps:
    - {{path: data/clean/2026-01.csv, hash: md5, md5: {"6" * 32}, size: 3}}
    outs:
    - {{path: model, hash: md5, md5: {MODEL}, size: 3}}
  other:
    cmd: other
    outs:
    - {{path: else, hash: md5, md5: {"7" * 32}, size: 3}}
"""


def stages(tmp_path, path="dvc.lock"):
    file = tmp_path / "lock"
    file.write_text(LOCK)
    return locked_stages({path: file})


def files(path, content):
    return {f"{RAW_FOLDER}.dir": [RAW], f"{CLEAN}.dir": []}[content["md5"]]


def never(path, content):
    raise AssertionError("no listing is read if the lock itself names the content")


def test_stage_that_read_a_content_is_found_by_its_hash(tmp_path):
    found = next(tainted_stages(stages(tmp_path), {CODE}, never))

    assert (found[0].name, found[1], found[2]) == ("clean", "clean.py", CODE)


def test_folder_is_found_by_its_hash_without_dir(tmp_path):
    found = next(tainted_stages(stages(tmp_path), {RAW_FOLDER}, never))

    assert (found[0].name, found[1]) == ("clean", "data/raw")


def test_file_in_a_folder_is_found_by_the_listing(tmp_path):
    ((stage, path, content),) = tainted_stages(stages(tmp_path), {RAW}, files)

    assert (stage.name, path, content) == ("clean", "data/raw", RAW)


def test_content_that_no_stage_names_taints_none(tmp_path):
    assert not list(tainted_stages(stages(tmp_path), {"f" * 32}, files))


def test_downstream_stages_are_those_that_read_an_output_or_a_part_of_one(tmp_path):
    assert downstream(stages(tmp_path), {"clean"}) == {"clean", "train"}
    assert downstream(stages(tmp_path), {"train"}) == {"train"}


def test_stage_of_a_folder_has_the_name_of_the_graph(tmp_path):
    assert stages(tmp_path, "sub/dvc.lock")[0].name == "sub/dvc.yaml:clean"
