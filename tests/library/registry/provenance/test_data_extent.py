"""How far the data of a version go."""

from __future__ import annotations

from datetime import datetime

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact
from trimtab.registry import Version
from trimtab.registry.provenance.data_extent import DataExtent, current_data_end, declared_data_end
from trimtab.time_window import clock

JUNE, JULY = datetime(2013, 6, 1), datetime(2013, 7, 1)


def version(**tags: str) -> Version:
    return Version("m", 1, "run", False, "", {}, {f"trimtab.{name}": value for name, value in tags.items()})


def model(**meta: object) -> Artifact:
    return Artifact(name="m", path="model", type="model", meta=meta)


def test_data_extent_of_a_version_is_the_one_that_its_lineage_has():
    extent = DataExtent(JUNE, JULY)

    assert DataExtent.of_version(version(**extent.to_lineage())) == extent
    assert extent.tested_from == JUNE


def test_data_extent_of_a_version_without_windows_has_one_end_and_no_known_test_window():
    extent = DataExtent.of_version(version(data_until="2013-06-01"))

    assert extent == DataExtent(JUNE, JUNE)
    assert extent.tested_from is None


@pytest.mark.parametrize("tags", [{}, {"learnt_until": "2013-06-01"}, {"data_until": "soon"}])
def test_data_extent_of_a_version_is_none_when_its_tags_give_none(tags):
    assert DataExtent.of_version(version(**tags)) is None


def test_current_data_end_is_the_declared_one_and_never_in_the_future():
    assert declared_data_end(model()) is None
    assert current_data_end(model(data_until="2013-06-01")) == JUNE
    assert current_data_end(model(data_until="2999-01-01")) <= clock()


def test_declared_data_end_that_is_no_date_is_refused():
    with pytest.raises(ProjectError, match=r"meta.data_until of the artifact 'm' is no ISO date: 'soon'"):
        declared_data_end(model(data_until="soon"))
