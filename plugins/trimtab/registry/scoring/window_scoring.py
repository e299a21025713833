"""Score the windows of a folder with the champion, and in shadow with the challenger."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ScoringError
from trimtab.learning import BINARY, ProblemType
from trimtab.params_sections import ScorePolicy
from trimtab.registry.loading import NO_PROJECT, ModelTrust
from trimtab.registry.scoring.score_log import LoggedScores, ScoreLog
from trimtab.registry.tracking import Version, connection, temporary_folder


def score_windows(
    version: Version,
    windows: Path,
    policy: ScorePolicy,
    *,
    by: str,
    trusted: ModelTrust = NO_PROJECT,
    problem: ProblemType = BINARY,
) -> list[LoggedScores]:
    """Score each window with a version, unless it has scored the same rows before.

    Args:
        version: The version, such as the champion.
        windows: A folder of Parquet files, one for each window and named after it. Files without rows are
            skipped.
        policy: The key columns.
        by: The DAG run or the user; logged with the scores.
        trusted: What the checkout that runs trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout that runs declares.

    Raises:
        ModelError: The version holds types that are not trusted.
        RegistryError: The version cannot be loaded or has another problem type, or the server does not
            answer. Windows that were scored
            before the error are kept; the next try scores the rest.
        ScoringError: A window lacks columns that the version reads.
    """
    with connection() as client, temporary_folder() as folder:
        log = ScoreLog(client, version, by, folder, trusted, problem)
        return [log.ensure_scores(file, policy) for file in _files_with_rows(windows)]


def score_in_shadow(
    challenger: Version,
    champion: Version,
    windows: Path,
    policy: ScorePolicy,
    *,
    by: str,
    trusted: ModelTrust = NO_PROJECT,
    problem: ProblemType = BINARY,
) -> list[LoggedScores]:
    """Score each window with the challenger too, and log how its scores differ from the champion's.

    Args:
        challenger: The challenger; its scores are only compared.
        champion: The version that has scored the windows.
        windows: As for :func:`score_windows`.
        policy: The key columns, and the threshold of the comparison.
        by: The DAG run or the user.
        trusted: What the checkout that runs trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout that runs declares.

    Raises:
        ModelError: The challenger holds types that are not trusted.
        RegistryError: As for :func:`score_windows`; or the champion has not scored a window.
        ScoringError: A window lacks columns that the challenger reads.
    """
    with connection() as client, temporary_folder() as folder:
        champion_log = ScoreLog(client, champion, by, folder, problem=problem)
        log = ScoreLog(client, challenger, by, folder, trusted, problem)
        return [log.ensure_shadow(file, policy, champion_log) for file in _files_with_rows(windows)]


def _files_with_rows(windows: Path) -> list[Path]:
    import pyarrow.parquet as pq

    files = sorted(windows.glob("*.parquet"))
    if not files:
        raise ScoringError(
            "The folder has no window to score",
            where=str(windows),
            fix="let the stage write one Parquet file for each window",
        )
    return [file for file in files if pq.read_metadata(file).num_rows]
