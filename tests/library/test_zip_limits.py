from __future__ import annotations

import json
import tracemalloc
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import numpy as np
import pytest
import skops.io
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from trimtab import zip_limits as archive
from trimtab.errors import ModelError
from trimtab.learning import load_estimator

MB = 1 << 20


def zipped(path, entries, method=ZIP_DEFLATED):
    with ZipFile(path, "w", method) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return path


@pytest.fixture
def small(monkeypatch):
    """Small limits, so that no test needs gigabytes."""
    monkeypatch.setattr(archive, "SMALL_BYTES", MB)


@pytest.fixture
def model():
    return LogisticRegression().fit(np.array([[0.0], [1.0]]), [0, 1])


def test_zip_bomb_in_a_model_is_refused_before_it_is_unpacked(tmp_path, small):
    bomb = zipped(tmp_path / "m.skops", {"schema.json": b"{}", "0.npy": bytes(64 * MB)})
    tracemalloc.start()
    with pytest.raises(ModelError, match=r"bytes unpack to 67,1\d\d,\d\d\d, 100 times as many are read"):
        load_estimator(bomb, ())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * MB


def test_zip_bomb_in_a_nested_archive_is_refused(tmp_path, small):
    inner = zipped(tmp_path / "data.npz", {"data.npy": bytes(64 * MB)}).read_bytes()
    outer = zipped(tmp_path / "m.skops", {"schema.json": b"{}", "0.npz": inner}, ZIP_STORED)
    with pytest.raises(ModelError, match="times as many are read"):
        load_estimator(outer, ())


def test_archive_nested_three_deep_is_refused(tmp_path):
    content = b"x"
    for name in ("a", "b", "c"):
        content = zipped(tmp_path / name, {"0": content}, ZIP_STORED).read_bytes()
    with pytest.raises(BadZipFile, match="nested more than two archives"):
        archive.require_bounded(BytesIO(content))


def test_archive_that_declares_too_small_a_size_unpacks_no_more(tmp_path, small):
    bomb = zipped(tmp_path / "m.skops", {"schema.json": bytes(4 * MB)})
    content = bomb.read_bytes().replace((4 * MB).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    bomb.write_bytes(content)
    with pytest.raises(ModelError, match="no skops file"):
        load_estimator(bomb, ())


@pytest.mark.parametrize(
    ("entries", "method", "bound", "message"),
    [
        ({f"{i}": b"" for i in range(9)}, ZIP_STORED, {"MAX_ENTRIES": 8}, "has 9 entries, 8 are read"),
        ({"schema.json": b"{}"}, ZIP_BZIP2, {}, "compressed by method 12"),
    ],
)
def test_archive_with_many_entries_or_another_method_is_refused(
    tmp_path, monkeypatch, entries, method, bound, message
):
    for name, value in bound.items():
        monkeypatch.setattr(archive, name, value)
    with pytest.raises(ModelError, match=message):
        load_estimator(zipped(tmp_path / "m.skops", entries, method), ())


def test_archive_with_overlapping_entries_is_refused(tmp_path):
    file = zipped(tmp_path / "a", {"0": bytes(range(256)) * 40, "1": b"x" * 10240}, ZIP_STORED)
    with ZipFile(file) as held:
        first, second = held.infolist()
    content = bytearray(file.read_bytes())
    content[second.header_offset :] = content[held.start_dir :]  # the second's data goes
    start = content.index(b"PK\x01\x02")
    at = content.index(b"PK\x01\x02", start + 4) + 42
    content[at : at + 4] = first.header_offset.to_bytes(4, "little")
    end = content.index(b"PK\x05\x06")
    content[end + 16 : end + 20] = start.to_bytes(4, "little")
    file.write_bytes(content)
    with pytest.raises(BadZipFile, match="overlap"):
        archive.require_bounded(file)


def test_schema_too_large_to_be_parsed_is_refused(tmp_path, monkeypatch, model):
    monkeypatch.setattr("trimtab.learning.formats.skops_file.SCHEMA", {"schema.json": 100})
    skops.io.dump(model, tmp_path / "m.skops")
    with pytest.raises(ModelError, match=r"schema.json has [\d,]+ bytes, 100 are read"):
        load_estimator(tmp_path / "m.skops", ())


@pytest.mark.parametrize(
    "schema",
    [
        "[" * 100_000,
        json.dumps({"protocol": 2}),
        json.dumps({"protocol": 2, "__class__": 7, "__module__": [], "__loader__": "ObjectNode"}),
        json.dumps({"__class__": "x", "__module__": "y", "__loader__": "NoNode", "protocol": 2}),
        "null",
    ],
)
def test_hostile_model_file_is_refused_with_a_model_error(tmp_path, schema):
    with pytest.raises(ModelError):
        load_estimator(zipped(tmp_path / "m.skops", {"schema.json": schema}), ())


def test_array_with_too_large_a_size_in_its_header_is_refused(tmp_path, model):
    skops.io.dump(model, tmp_path / "m.skops")
    with ZipFile(tmp_path / "m.skops") as held:
        entries = {name: held.read(name) for name in held.namelist()}
    name = next(name for name in entries if name.endswith(".npy"))
    entries[name] = npy_of(1 << 50)
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_estimator(zipped(tmp_path / "evil.skops", entries), ())


def npy_of(count):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({count},)}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_ordinary_model_is_loaded_in_every_storage_format(tmp_path, model, method):
    model.sparse_ = csr_matrix(np.eye(3))
    skops.io.dump(model, tmp_path / "m.skops", compression=method)
    loaded = load_estimator(tmp_path / "m.skops", skops.io.get_untrusted_types(file=tmp_path / "m.skops"))
    assert np.array_equal(loaded.coef_, model.coef_)
