"""Score a table of any length with a version: check it first, read it in batches, write all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.atomic_write import atomic_path
from trimtab.errors import ScoringError, closest
from trimtab.learning import BINARY, ProblemType
from trimtab.registry.loading import (
    NO_PROJECT,
    ModelTrust,
    ScoringModel,
    download_model,
    load_downloaded,
    read_signature,
    require_problem_type,
)
from trimtab.registry.scoring.signature import ArrowBatch, ArrowSchema, ArrowType, Signature
from trimtab.registry.tracking import TAG_PREFIX, TagName, Version, temporary_folder
from trimtab.tables import list_parquet_files

BATCH = 65_536  # rows in memory at once
BUFFER = 1 << 20  # bytes of a column that are read at once
LINEAGE: tuple[TagName, ...] = ("dag_run", "record", "git_revision")  # of the version, in the file's metadata
VERSION_COLUMNS = ("model", "model_version", "model_key")  # of the result, after the predictions


@dataclass(frozen=True)
class TableScorer:
    """A loaded version that scores tables.

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

        The result has the key columns unchanged, the predictions, and name, number and content key of the
        version. The columns of the predictions depend on the problem type:

        ==============  ======================================================================
        ``binary``      ``score``, the probability of the positive class
        ``multiclass``  ``prediction``, the most probable class; ``probability_<class>`` of each
        ``regression``  ``prediction``, the value
        ``quantile``    ``quantile_<level>`` of each level, ascending in each row
        ==============  ======================================================================

        The metadata of the file name the run, the record and the commit that the version comes from. The same
        rows and version give the same bytes, on any number of cores.

        Args:
            data: A Parquet file, or a folder of Parquet files, which are read in the order of their names.
            out: The Parquet file to write. An existing file is replaced once all rows are scored.
            keys: Columns that identify a row.

        Returns:
            The number of rows.

        Raises:
            ScoringError: The table cannot be read, has no rows, or lacks a column that the version reads or a
                key column; or a prediction is invalid, such as NaN. Then ``out`` has not changed.
        """
        from pyarrow import ArrowException
        from threadpoolctl import threadpool_limits

        try:
            files = _files(data, out)
            schema = self._check(files, keys)
            # A sum depends on the number of threads. And on busy cores, more threads are slower.
            out.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(out) as part, threadpool_limits(1):
                return self._write(files, part, schema, keys)
        except (ArrowException, OSError) as err:  # Arrow raises either for a file that is cut off
            raise ScoringError(
                f"The table cannot be read, or the result cannot be written: {err}",
                where=f"{data}, {out}",
                fix="give Parquet files, and a disk with room for the result",
            ) from err

    @property
    def result_columns(self) -> tuple[str, ...]:
        """The columns of the result, after the key columns."""
        return (*self.model.problem.table_columns, *VERSION_COLUMNS)

    def _check(self, files: Sequence[Path], keys: Sequence[str]) -> ArrowSchema:
        """Refuse a table that cannot be scored; return the schema of the result."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        fields: list[ArrowType] = []
        rows = 0
        for file in files:
            footer = pq.read_metadata(file)
            found, rows = footer.schema.to_arrow_schema(), rows + footer.num_rows
            self.signature.check(found, where=str(file))
            _refuse_taken(keys, self.result_columns, file)
            fields = fields or _key_fields(found, keys, file)
            if fields != _key_fields(found, keys, file):
                raise ScoringError(
                    "The key columns differ in type from the file before",
                    where=str(file),
                    fix="write all files with the same types; nothing has been scored",
                )
        if not rows:
            raise ScoringError(
                "The table has no rows", where=str(files[0].parent), fix="check the stage that made the table"
            )
        text, problem = pa.dictionary(pa.int32(), pa.string()), self.model.problem
        types = [pa.float64() if name in problem.columns else text for name in problem.table_columns]
        columns = [*fields, *map(pa.field, self.result_columns, [*types, text, pa.int32(), text])]
        return pa.schema(columns, metadata=_lineage(self.version))

    def _write(self, files: Sequence[Path], part: Path, schema: ArrowSchema, keys: Sequence[str]) -> int:
        import pyarrow.parquet as pq

        wanted, rows = list(dict.fromkeys([*keys, *self.signature.names])), 0
        with pq.ParquetWriter(part, schema) as writer:
            for file in files:
                with pq.ParquetFile(file, buffer_size=BUFFER, pre_buffer=False) as table:
                    for batch in table.iter_batches(BATCH, columns=wanted, use_threads=False):
                        writer.write_batch(self._scored(batch, schema, keys))
                        rows += batch.num_rows
        return rows

    def _scored(self, batch: ArrowBatch, schema: ArrowSchema, keys: Sequence[str]) -> ArrowBatch:
        import numpy as np
        import pyarrow as pa

        version, problem = self.version, self.model.problem
        predictions = self.model.predict(self.signature.frame(batch))
        if fault := problem.find_invalid(predictions):
            raise ScoringError(
                f"The predictions of {version} are invalid: {fault}",
                fix="check the rows and the version; nothing has been scored",
            )
        columns = problem.to_table(predictions)
        scores = [
            pa.array(columns[name], pa.float64())
            if name in problem.columns
            else pa.array(columns[name], pa.string()).dictionary_encode()
            for name in problem.table_columns
        ]
        first = np.zeros(batch.num_rows, np.int32)
        name, key = (pa.DictionaryArray.from_arrays(first, [text]) for text in (version.name, version.key))
        added = [*scores, name, pa.array(first + version.version), key]
        return pa.record_batch([*(batch.column(key) for key in keys), *added], schema=schema)


def load_scorer(
    version: Version, trusted: ModelTrust = NO_PROJECT, problem: ProblemType = BINARY
) -> TableScorer:
    """Download a version, compare its files with the seal, and load it.

    Args:
        version: The version.
        trusted: What the checkout that runs trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout that runs declares.

    Raises:
        ModelError: It holds types that are not trusted.
        RegistryError: A file is missing or altered, the signature does not name the columns, or the version
            has another problem type, or not the signature that is required.
    """
    require_problem_type(version, problem)
    with temporary_folder() as folder:
        files = download_model(version, folder, trusted)
        signature = Signature.from_mlflow(read_signature(version, files), str(version))
        return TableScorer(version, load_downloaded(version, files, trusted, problem), signature)


def _files(data: Path, out: Path) -> list[Path]:
    """Return the files of a table, and refuse an output file that is a part of the table."""
    files = list_parquet_files(data)
    if not files or not files[0].is_file():
        raise ScoringError(
            "The table does not exist",
            where=str(data),
            fix="give a Parquet file, or a folder of Parquet files",
        )
    if data.resolve() in (out.resolve(), out.resolve().parent):
        raise ScoringError(
            "The output file is the table, or lies in its folder", where=str(out), fix="give another file"
        )
    if out.is_dir():
        raise ScoringError("The output file is a folder", where=str(out), fix="give a file")
    return files


def _lineage(version: Version) -> dict[str, str]:
    """Return the metadata of a file of scores: where its version comes from. It has no time stamp."""
    return {f"{TAG_PREFIX}{name}": version.tag(name) for name in LINEAGE if version.tag(name)}


def _refuse_taken(keys: Sequence[str], result: Sequence[str], file: Path) -> None:
    taken = [key for key in keys if key in result]
    if taken:
        raise ScoringError(
            f"Key columns have the names of result columns: {', '.join(taken)}",
            where=str(file),
            fix=f"rename them; the result has its own columns {', '.join(result)}",
        )


def _key_fields(table: ArrowSchema, keys: Sequence[str], file: Path) -> list[ArrowType]:
    missing = [f"'{key}'{closest(key, table.names)}" for key in keys if key not in table.names]
    if missing:
        raise ScoringError(
            f"The table lacks key columns: {', '.join(missing)}",
            where=str(file),
            fix="correct `keys`; nothing has been scored",
        )
    return [table.field(key).remove_metadata() for key in keys]
