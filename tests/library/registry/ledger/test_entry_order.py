from __future__ import annotations

from dataclasses import replace

import pytest

from trimtab.registry.ledger.entry_order import find_breaks
from trimtab.registry.ledger.ledger_entry import LedgerEntry


def chain(length: int) -> list[LedgerEntry]:
    entries: list[LedgerEntry] = []
    for number in range(1, length + 1):
        entries.append(
            LedgerEntry(
                number=number,
                model="m",
                champion=number,
                was=number - 1 or None,
                how="promoted",
                by="t",
                reason="r",
                at=f"2026-01-0{number}T00:00:00+00:00",
                previous=entries[-1].hash if entries else "",
            )
        )
    return entries


def breaks(entries: list[LedgerEntry], applied: str = "", model: str = "m") -> list[str]:
    return list(find_breaks(model, entries, [entry.key for entry in entries], applied))


@pytest.mark.parametrize("length", [0, 1, 3])
def test_entry_order_of_an_untouched_ledger_has_no_break(length):
    entries = chain(length)

    assert breaks(entries, applied=entries[-1].reference if entries else "") == []


def test_entry_order_breaks_where_an_entry_is_missing():
    first, _, third = chain(3)

    found = breaks([first, third])

    assert found[0] == "entry 000003 is in the place of entry 000002"
    assert any("another hash for entry 000001" in sentence for sentence in found)


def test_entry_order_breaks_where_the_first_entry_is_missing():
    assert "entry 000002 is not the first entry" in breaks(chain(3)[1:])


def test_entry_order_breaks_behind_an_entry_that_was_changed():
    first, second, third = chain(3)

    found = breaks([first, replace(second, by="nobody"), third])

    assert found == ["entry 000003 has another hash for entry 000002, which was changed or replaced"]


def test_entry_order_breaks_where_a_champion_does_not_follow():
    first, second = chain(2)

    assert breaks([first, replace(second, was=7)]) == [
        "entry 000002 does not follow entry 000001: champion or time differ"
    ]


def test_entry_order_breaks_where_time_goes_back():
    first, second = chain(2)

    assert breaks([first, replace(second, at="2025-01-01T00:00:00+00:00")]) == [
        "entry 000002 does not follow entry 000001: champion or time differ"
    ]


def test_entry_order_breaks_where_an_entry_belongs_to_another_model():
    assert breaks(chain(1), model="other") == ["entry 000001 belongs to another model"]


def test_entry_order_breaks_where_an_entry_has_the_number_of_another():
    first, second = chain(2)

    found = list(find_breaks("m", [first, replace(second, number=3)], ["000001", "000002"], ""))

    assert "entry 000002 has the number of entry 000003" in found


def test_entry_order_breaks_where_the_applied_entry_is_missing():
    entries = chain(3)

    assert breaks(entries[:2], applied=entries[2].reference) == [
        "entry 000003, by which the aliases were set, is missing or changed"
    ]
