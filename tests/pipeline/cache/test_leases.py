"""Whoever removes objects waits for those who take out leases, and sees what they lease."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from trimtab.pipeline.cache.leases import FOLDER, leasing, removing

ENTRY = {
    "outs": [{"path": "a", "md5": "a" * 32}, {"path": "b", "md5": f"{'b' * 32}.dir"}, {"path": "s3://c"}]
}


def test_what_an_entry_names_is_leased(tmp_path):
    with leasing(tmp_path) as lease:
        lease([ENTRY, {"cmd": "x"}])
    with leasing(tmp_path) as lease:
        lease([{"outs": [{"path": "c", "md5": "c" * 32}]}])

    with removing(tmp_path, days=1) as leased:
        assert leased == {"a" * 32, f"{'b' * 32}.dir", "c" * 32}


@pytest.mark.parametrize(("age", "kept"), [(0, True), (3, True), (5, False)])
def test_a_lease_runs_out(tmp_path, age, kept):
    with leasing(tmp_path) as lease:
        lease([ENTRY])
    (file,) = (tmp_path / FOLDER).glob("????-??-??")
    file.rename(file.with_name((datetime.now(UTC).date() - timedelta(days=age)).isoformat()))

    with removing(tmp_path, days=4) as leased:
        assert bool(leased) is kept


def test_file_that_is_not_of_a_day_is_left_alone(tmp_path):
    with leasing(tmp_path) as lease:
        lease([ENTRY])
    strange = [tmp_path / FOLDER / name for name in ("2026-13-45", "abcd-ef-gh")]
    for file in strange:
        file.write_text("c" * 32)

    with removing(tmp_path, days=1) as leased:
        assert leased == {"a" * 32, f"{'b' * 32}.dir"}
    assert all(file.exists() for file in strange)


def test_two_take_out_leases_at_once_and_removal_waits_for_both(tmp_path):
    seen: list[set[str]] = []

    def remove():
        with removing(tmp_path, days=1) as leased:
            seen.append(leased)

    with leasing(tmp_path) as one, leasing(tmp_path) as other:
        remover = threading.Thread(target=remove)
        remover.start()
        one([{"outs": [{"md5": "a" * 32}]}])
        remover.join(0.2)
        assert seen == [], "objects that were just found would be gone before they are leased"
        other([{"outs": [{"md5": "b" * 32}]}])
    remover.join(10)

    assert seen == [{"a" * 32, "b" * 32}]


def test_a_checkout_that_cannot_be_written_needs_none(tmp_path):
    (tmp_path / ".dvc").write_text("no folder")

    with leasing(tmp_path) as lease:
        lease([ENTRY])
