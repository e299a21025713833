from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from trimtab.registry.ledger.ledger_entry import LINE_TYPES, OPTIONAL, LedgerEntry

# Lines that earlier releases have written: the first before there were seals, the second with a seal.
FIRST = (
    '{"at":"2026-01-01T00:00:00+00:00","by":"training/loop__2013-05-01","champion":1,"comparison":{},'
    '"data_until":"2013-04-01","how":"promoted","model":"flights","number":1,"person":false,"previous":"",'
    '"reason":"flights version 1 is good enough for the first champion","was":null}'
)
SECOND = (
    '{"at":"2026-01-02T00:00:00+00:00","by":"alice","champion":2,'
    '"comparison":{"challenger_figures":{"roc_auc":0.81},"gain":{"gain":0.02,"high":0.03,"low":0.01},'
    '"report_sha256":"ab","run_id":"r"},"data_until":"2013-05-01","how":"rolled back","model":"flights",'
    '"number":2,"person":true,"previous":"' + hashlib.sha256(FIRST.encode()).hexdigest() + '",'
    '"reason":"it is “better”","seal":"cd","was":1}'
)
LINE = json.loads(FIRST)


@pytest.mark.parametrize("line", [FIRST, SECOND], ids=["without a seal", "with a seal"])
def test_ledger_entry_of_an_earlier_release_is_read_and_written_as_the_same_bytes(line):
    entry = LedgerEntry.parse(line)

    assert entry.text == line
    assert entry.hash == hashlib.sha256(line.encode()).hexdigest()
    assert entry.to_dict() == json.loads(line)
    assert LedgerEntry.from_dict(entry.to_dict()) == entry


def test_ledger_entry_of_another_environment_has_its_source_and_others_write_none():
    source = {"registry": "https://dev.example.com", "version": 3, "commit": "4f1c2d3", "approver": "alice"}
    entry = replace(LedgerEntry.parse(SECOND), source=source)

    assert json.loads(entry.text)["source"] == source
    assert LedgerEntry.parse(entry.text) == entry
    assert "source" not in LedgerEntry.parse(SECOND).text
    with pytest.raises(ValueError, match="'source' has a value of another type"):
        LedgerEntry.from_dict({**LINE, "source": "dev"})


def test_ledger_entry_of_an_earlier_release_is_followed_by_the_next():
    assert LedgerEntry.parse(SECOND).previous == LedgerEntry.parse(FIRST).hash


def test_ledger_entry_reference_has_key_and_hash():
    entry = LedgerEntry.parse(FIRST)

    assert entry.reference == f"000001 {entry.hash}"


@pytest.mark.parametrize("key", sorted(LINE_TYPES.keys() - OPTIONAL))
def test_ledger_entry_without_a_key_is_refused_by_the_name_of_the_key(key):
    with pytest.raises(ValueError, match=f"'{key}' is missing"):
        LedgerEntry.from_dict({name: value for name, value in LINE.items() if name != key})


def test_ledger_entry_with_an_unknown_key_is_refused():
    with pytest.raises(ValueError, match="'colour' is unknown"):
        LedgerEntry.from_dict({**LINE, "colour": "red"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", "1"),
        ("number", True),
        ("champion", "2"),
        ("champion", 2.0),
        ("was", False),
        ("how", 1),
        ("by", None),
        ("person", 0),
        ("comparison", []),
        ("previous", None),
        ("seal", 7),
    ],
)
def test_ledger_entry_with_a_value_of_another_type_is_refused(key, value):
    with pytest.raises(ValueError, match=f"'{key}' has a value of another type"):
        LedgerEntry.from_dict({**LINE, key: value})


def test_ledger_entry_with_an_unknown_kind_of_switch_is_refused():
    with pytest.raises(ValueError, match="'how' is none of promoted, rolled back, found, kept: 'stolen'"):
        LedgerEntry.from_dict({**LINE, "how": "stolen"})


def test_ledger_entry_with_a_time_that_is_no_time_is_refused():
    with pytest.raises(ValueError, match="isoformat"):
        LedgerEntry.from_dict({**LINE, "at": "yesterday"})


@pytest.mark.parametrize("text", ["[]", "7", "null", '"x"', "", "{"])
def test_ledger_entry_that_is_no_json_object_is_refused(text):
    with pytest.raises(ValueError, match=r"no JSON object|Expecting"):
        LedgerEntry.parse(text)


@pytest.mark.parametrize(
    "text",
    [FIRST.replace(",", ", "), json.dumps(LINE), FIRST[:-1] + ',"seal":""}'],
    ids=["spaces", "another order", "empty seal"],
)
def test_ledger_entry_with_other_bytes_for_the_same_content_is_refused(text):
    with pytest.raises(ValueError, match="not written the way the ledger writes it"):
        LedgerEntry.parse(text)
