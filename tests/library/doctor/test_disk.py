"""The check of free space."""

from __future__ import annotations

import pytest

from trimtab.doctor import disk
from trimtab.doctor.disk import check_disk


@pytest.mark.parametrize(
    ("free", "status"), [(disk.LOW, "ok"), (disk.LOW - 1, "warning"), (disk.TOO_LOW - 1, "error")]
)
def test_status_depends_on_the_free_bytes(project, monkeypatch, free, status):
    usage = disk.shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(disk, "FEW_INODES", 0)

    assert {each.status for each in check_disk(project().root)} == {status}


def test_one_file_system_is_one_line(project):
    found = list(check_disk(project().root))
    assert len(found) == len({each.seen.partition(" at ")[2] for each in found})
