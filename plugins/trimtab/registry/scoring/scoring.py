"""Score a table of any length with one version: checked first, in batches, whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.errors import ScoringError, closest
from trimtab.registry.loading import ScoringModel, download, load_files, signature_of
from trimtab.registry.scoring.signature import Signature
from trimtab.registry.tracking import Version
from trimtab.tables import list_parquet_files

BATCH = 65_536  # rows that are held at a time
BUFFER = 1 << 20  # bytes of a column that are read at a time
ADDED = ("score", "model", "model_version", "model_key")  # columns, beside the keys


@dataclass(frozen=True)
class Scorer:
    """A version, ready to score tables.

    Attributes:
        version: The version.
        model: Its estimator.
        signature: The columns it reads.
    """

    version: Version
    model: ScoringModel
    signature: Signature

    def score(self, data: Path, out: Path, *, keys: Sequence[str] = ()) -> int:
        """Score every row of a table, in its order.

        The result has the key columns as they are, ``score`` (the probability of the positive class), and the
        name, number and content key of the version that made it. The same rows and version give the same
        bytes, on any number of cores.

        Args:
            data: A Parquet file, or a folder of them, which are read in the order of their names.
            out: The Parquet file to write; what is there is replaced once all rows are scored.
            keys: Columns that say what a row is about.

        Returns:
            The number of rows.

        Raises:
            ScoringError: The table has no rows, or not the columns the version reads, or not the keys; or it
                cannot be read. Then ``out`` is as it was.
        """
        from pyarrow import ArrowException
        from threadpoolctl import threadpool_limits

        try:
            files = _files(data, out)
            schema = self._check(files, keys)
            # Sums depend on how many threads share them, and where cores are busy more are slower.
            with _replacing(out) as part, threadpool_limits(1):
                return self._write(files, part, schema, keys)
        except (ArrowException, OSError) as err:  # Arrow raises either for a file that is torn
            raise ScoringError(
                f"The table cannot be read, or the result not be written: {err}",
                where=f"{data}, {out}",
                fix="give Parquet files, and a place with room for the result",
            ) from err

    def _check(self, files: Sequence[Path], keys: Sequence[str]) -> Any:
        """Refuse what cannot be scored before anything is; return the schema of the result."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        fields: list[Any] = []
        rows = 0
        for file in files:
            footer = pq.read_metadata(file)
            found, rows = footer.schema.to_arrow_schema(), rows + footer.num_rows
            self.signature.check(found, where=str(file))
            fields = fields or _key_fields(found, keys, file)
            if fields != _key_fields(found, keys, file):
                raise ScoringError(
                    "The key columns have other types than in the file before",
                    where=str(file),
                    fix="write all files alike; nothing has been scored",
                )
        if not rows:
            raise ScoringError("The table has no rows", where=str(files[0].parent), fix="see what made it")
        text = pa.dictionary(pa.int32(), pa.string())
        types = (pa.float64(), text, pa.int32(), text)
        return pa.schema([*fields, *map(pa.field, ADDED, types)])

    def _write(self, files: Sequence[Path], part: Path, schema: Any, keys: Sequence[str]) -> int:
        import pyarrow.parquet as pq

        wanted, rows = list(dict.fromkeys([*keys, *self.signature.names])), 0
        with pq.ParquetWriter(part, schema) as writer:
            for file in files:
                with pq.ParquetFile(file, buffer_size=BUFFER, pre_buffer=False) as table:
                    for batch in table.iter_batches(BATCH, columns=wanted, use_threads=False):
                        writer.write_batch(self._scored(batch, schema, keys))
                        rows += batch.num_rows
        return rows

    def _scored(self, batch: Any, schema: Any, keys: Sequence[str]) -> Any:
        import numpy as np
        import pyarrow as pa

        version, scores = self.version, self.model.score(self.signature.frame(batch))
        first = np.zeros(batch.num_rows, np.int32)
        name, key = (pa.DictionaryArray.from_arrays(first, [text]) for text in (version.name, version.key))
        added = [pa.array(scores, pa.float64()), name, pa.array(first + version.version), key]
        return pa.record_batch([*(batch.column(key) for key in keys), *added], schema=schema)


def load_scorer(version: Version, trusted: Collection[str] = ()) -> Scorer:
    """Download a version and load it, as safely as for any other use.

    Args:
        version: The version.
        trusted: The types its model may hold, as the checkout that runs lists them.

    Raises:
        ModelError: It holds types that nobody listed.
        RegistryError: Its files are not whole, not those that were registered, or do not say which columns it
            reads.
    """
    with TemporaryDirectory(prefix="trimtab-") as folder:
        files = download(version, Path(folder))
        signature = Signature.of(signature_of(version, files), str(version))
        return Scorer(version, load_files(version, files, trusted), signature)


def _files(data: Path, out: Path) -> list[Path]:
    """Return the files of a table; writing into it is refused."""
    files = list_parquet_files(data)
    if not files or not files[0].is_file():
        raise ScoringError(
            "There is no table", where=str(data), fix="give a Parquet file, or a folder of Parquet files"
        )
    if data.resolve() in (out.resolve(), out.resolve().parent):
        raise ScoringError(
            "The result would be written over the table, or into it", where=str(out), fix="name another file"
        )
    if out.is_dir():
        raise ScoringError("There is a folder of that name", where=str(out), fix="name a file")
    return files


def _key_fields(table: Any, keys: Sequence[str], file: Path) -> list[Any]:
    taken = [key for key in keys if key in ADDED]
    if taken:
        raise ScoringError(
            f"Key columns named as what is added: {', '.join(taken)}",
            where=str(file),
            fix=f"rename them; {', '.join(ADDED)} are the result's own",
        )
    missing = [f"'{key}'{closest(key, table.names)}" for key in keys if key not in table.names]
    if missing:
        raise ScoringError(
            f"The table lacks key columns: {', '.join(missing)}",
            where=str(file),
            fix="correct `keys`; nothing has been scored",
        )
    return [table.field(key).remove_metadata() for key in keys]


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Yield a file beside ``path`` that takes its place once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
