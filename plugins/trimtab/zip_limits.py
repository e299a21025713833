"""Size limits of zip files, checked before unpacking: a small file can unpack to gigabytes (a zip bomb)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MAX_ENTRIES = 200_000
SMALL_BYTES = 256 << 20  # unpacked bytes that any file may have
MAX_RATIO = 100  # unpacked to packed bytes of a larger file; deflate reaches 1,000 for zeros
METHODS = (ZIP_STORED, ZIP_DEFLATED)  # zipfile unpacks no more than requested with these
MAX_DEPTH = 2  # of nested archives: a sparse matrix in a model is an archive
MAGIC = b"PK"


def require_bounded(file: Path | BinaryIO, *, most: dict[str, int] | None = None) -> None:
    """Check that a zip file unpacks to little more than its own size.

    zipfile reads no more of an entry than the archive declares. So the declared sizes are checked.

    Args:
        file: The zip file.
        most: Name of an entry to its maximum number of bytes.

    Raises:
        BadZipFile: The file is not a zip file, or exceeds a limit; the message has the limit.
        OSError: The file cannot be read.
    """
    _require_bounded(file, most or {}, depth=MAX_DEPTH)


def _require_bounded(file: Path | BinaryIO, most: dict[str, int], depth: int) -> None:
    with ZipFile(file) as archive:
        entries = archive.infolist()
        _check_declared_sizes(entries, _size(file))
        for entry in entries:
            bound = most.get(entry.filename, entry.file_size)
            if entry.file_size > bound:
                raise BadZipFile(f"{entry.filename} has {entry.file_size:,} bytes, {bound:,} are read")
            with archive.open(entry) as stream:
                if stream.read(len(MAGIC)) != MAGIC:
                    continue
                if depth <= 1:
                    raise BadZipFile(f"{entry.filename} is nested more than two archives deep")
                content = MAGIC + stream.read()
            _require_bounded(BytesIO(content), {}, depth - 1)


def _check_declared_sizes(entries: list[ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise BadZipFile(f"it has {len(entries):,} entries, {MAX_ENTRIES:,} are read")
    if unpacked > max(SMALL_BYTES, MAX_RATIO * packed):
        raise BadZipFile(
            f"its {packed:,} bytes unpack to {unpacked:,}, {MAX_RATIO} times as many are read; stored "
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
