"""Leases: garbage collection waits for their writers, and keeps the objects they name."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from trimtab.pipeline.cache.leases import FOLDER, hold_removal_lock, open_leases

ENTRY = {
    "outs": [{"path": "a", "md5": "a" * 32}, {"path": "b", "md5": f"{'b' * 32}.dir"}, {"path": "s3://c"}]
}


def test_lease_names_the_outputs_of_a_lock_entry(tmp_path):
    with open_leases(tmp_path) as lease:
        lease([ENTRY, {"cmd": "x"}])
    with open_leases(tmp_path) as lease:
        lease([{"outs": [{"path": "c", "md5": "c" * 32}]}])

    with hold_removal_lock(tmp_path, days=1) as leased:
        assert leased == {"a" * 32, f"{'b' * 32}.dir", "c" * 32}


@pytest.mark.parametrize(("age", "kept"), [(0, True), (3, True), (5, False)])
def test_lease_expires(tmp_path, age, kept):
    with open_leases(tmp_path) as lease:
        lease([ENTRY])
    (file,) = (tmp_path / FOLDER).glob("????-??-??")
    file.rename(file.with_name((datetime.now(UTC).date() - timedelta(days=age)).isoformat()))

    with hold_removal_lock(tmp_path, days=4) as leased:
        assert bool(leased) is kept


def test_foreign_file_in_the_folder_of_leases_is_left_alone(tmp_path):
    with open_leases(tmp_path) as lease:
        lease([ENTRY])
    strange = [tmp_path / FOLDER / name for name in ("2026-13-45", "abcd-ef-gh")]
    for file in strange:
        file.write_text("c" * 32)

    with hold_removal_lock(tmp_path, days=1) as leased:
        assert leased == {"a" * 32, f"{'b' * 32}.dir"}
    assert all(file.exists() for file in strange)


def test_removal_waits_for_all_processes_that_write_leases(tmp_path):
    seen: list[set[str]] = []

    def remove():
        with hold_removal_lock(tmp_path, days=1) as leased:
            seen.append(leased)

    with open_leases(tmp_path) as one, open_leases(tmp_path) as other:
        remover = threading.Thread(target=remove)
        remover.start()
        one([{"outs": [{"md5": "a" * 32}]}])
        remover.join(0.2)
        assert seen == [], "objects that were just found would be gone before they are leased"
        other([{"outs": [{"md5": "b" * 32}]}])
    remover.join(10)

    assert seen == [{"a" * 32, "b" * 32}]


def test_read_only_checkout_writes_no_leases(tmp_path):
    (tmp_path / ".dvc").write_text("no folder")

    with open_leases(tmp_path) as lease:
        lease([ENTRY])
