"""The process that measures the cost of scoring, if it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.learning.formats.model_files import ROWS, WRITERS
from trimtab.errors import ModelError
from trimtab.gates.model.scoring_job import ScoringJob, run_scoring_job


def job_of(file_format: str, problem: str, folder: Path) -> ScoringJob:
    model = WRITERS[file_format](folder, problem)
    ROWS.assign(other="text").to_parquet(folder / "test.parquet")
    return ScoringJob(str(model.path), str(folder / "test.parquet"), (*ROWS,), problem, (), (1, 10))


@pytest.mark.slow
def test_scoring_process_that_fails_is_reported_with_the_error_and_the_files(tmp_path):
    job = job_of("skops", "binary", tmp_path)
    (tmp_path / "test.parquet").unlink()

    with pytest.raises(
        ModelError, match=r"The process that scores 1x and 10x rows failed: .*\n.*model.skops"
    ):
        run_scoring_job(job)
