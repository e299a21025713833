"""The caches of the control room."""

from __future__ import annotations

from trimtab.control_room.caches import dag_cache, figures_cache, summaries_cache


def test_kinds_share_a_folder_outside_of_the_project_and_no_file(tmp_path):
    caches = [kind(tmp_path) for kind in (dag_cache, figures_cache, summaries_cache)]
    assert len({cache.path("k") for cache in caches}) == 3
    assert len({cache.folder for cache in caches}) == 1
    assert not caches[0].folder.is_relative_to(tmp_path)
