"""The check of DVC's cache."""

from __future__ import annotations

from trimtab.doctor.dvc_cache import check_cache


def test_cache_that_can_be_written_says_how_files_get_into_sandboxes(project):
    checkout = project()
    checkout.write({".dvc/config": "[cache]\n    type = hardlink\n"})

    (found,) = check_cache(checkout.root)

    assert (found.status, found.seen.rpartition(" ")[2]) == ("ok", "hardlink")


def test_cache_that_cannot_be_written_is_an_error(project):
    checkout = project()
    checkout.write({"file": "", ".dvc/config": f"[cache]\n    dir = {checkout.root}/file/cache\n"})

    (found,) = check_cache(checkout.root)

    assert found.status == "error"
