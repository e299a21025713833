from __future__ import annotations

import re

from trimtab.telemetry import Instrument, instruments


def test_each_instrument_and_attribute_is_listed_once():
    declared = [each for each in vars(instruments).values() if isinstance(each, Instrument)]
    assert list(instruments.INSTRUMENTS) == declared
    known = [each for each in vars(instruments).values() if isinstance(each, instruments.Attribute)]
    assert list(instruments.ATTRIBUTES) == known


def test_names_and_units_follow_the_semantic_conventions():
    for each in (*instruments.INSTRUMENTS, *instruments.ATTRIBUTES):
        assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+", each.name)
    for each in instruments.INSTRUMENTS:
        assert not each.name.endswith(("_total", ".total", "_seconds", "_bytes", ".count"))
        assert re.fullmatch(r"s|By|\{[a-z]+\}|", each.unit)
        assert each.kind != "histogram" or each.unit == "s"


def test_no_metric_has_an_attribute_with_a_value_for_each_run():
    unbounded = {instruments.RUN_ID, instruments.REVISION}
    assert [each.name for each in instruments.INSTRUMENTS if unbounded & {*each.attributes}] == []
