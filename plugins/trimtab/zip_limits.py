"""Zip files bounded before anything of them is unpacked: a small file may hold gigabytes of zeros."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MOST_ENTRIES = 200_000
SMALL = 256 << 20  # bytes, unpacked, that any file may have
MOST_RATIO = 100  # of more than that: unpacked to packed; deflate reaches 1,000 on zeros
METHODS = (ZIP_STORED, ZIP_DEFLATED)  # of these zipfile unpacks no more than it is asked for
DEEPEST = 2  # archives in archives: a sparse matrix in a model is one
MAGIC = b"PK"


def require_bounded(file: Path | BinaryIO, *, most: dict[str, int] | None = None) -> None:
    """Refuse a zip file that would take far more room than it has.

    zipfile reads no more of an entry than the archive declares, so what is declared is what is bounded.

    Args:
        file: The zip file.
        most: Name of an entry to the bytes it may have at most.

    Raises:
        BadZipFile: It is none, or is not bounded; the message says by what.
        OSError: It cannot be read.
    """
    _require_bounded(file, most or {}, depth=DEEPEST)


def _require_bounded(file: Path | BinaryIO, most: dict[str, int], depth: int) -> None:
    with ZipFile(file) as archive:
        entries = archive.infolist()
        _require_declared(entries, _size(file))
        for entry in entries:
            bound = most.get(entry.filename, entry.file_size)
            if entry.file_size > bound:
                raise BadZipFile(f"{entry.filename} has {entry.file_size:,} bytes, {bound:,} are read")
            with archive.open(entry) as stream:
                if stream.read(len(MAGIC)) != MAGIC:
                    continue
                if depth <= 1:
                    raise BadZipFile(f"{entry.filename} is an archive in an archive in an archive")
                content = MAGIC + stream.read()
            _require_bounded(BytesIO(content), {}, depth - 1)


def _require_declared(entries: list[ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        raise BadZipFile(f"it has {len(entries):,} entries, {MOST_ENTRIES:,} are read")
    if unpacked > max(SMALL, MOST_RATIO * packed):
        raise BadZipFile(
            f"its {packed:,} bytes unpack to {unpacked:,}, {MOST_RATIO} times as many are read; stored "
            "without compression it could be as large"
        )
    if sum(entry.compress_size for entry in entries) > packed:
        raise BadZipFile("its entries overlap")
    methods = sorted({entry.compress_type for entry in entries} - {*METHODS})
    if methods:
        raise BadZipFile(f"it is compressed by method {methods[0]}; deflate or none are read")


def _size(file: Path | BinaryIO) -> int:
    if isinstance(file, Path):
        return file.stat().st_size
    return file.seek(0, 2)
