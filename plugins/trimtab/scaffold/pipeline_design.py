"""The design of a new pipeline: everything that its files are rendered from, decided from the table."""

from __future__ import annotations

import keyword
import math
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError
from trimtab.scaffold.feature_columns import FeatureColumns, describe_features
from trimtab.scaffold.guess import Guess
from trimtab.scaffold.label_column import Label, describe_label, require_problem_type
from trimtab.scaffold.source_table import SourceTable, read_source
from trimtab.scaffold.time_column import TimeColumn, describe_time, find_time_columns

if TYPE_CHECKING:
    import pandas as pd

NAME = re.compile(r"[a-z][a-z0-9_]*")
CRON = {
    "hour": "0 * * * *",
    "day": "0 0 * * *",
    "week": "0 0 * * 1",
    "month": "0 0 1 * *",
    "quarter": "0 0 1 */3 *",
    "year": "0 0 1 1 *",
}
STAGES = ("ingest", "validate_features", "split", "train", "evaluate", "validate_model")
FIRST_RUN = 0.6  # of the windows are known at the first training; the others are for the loop to check
TEST_ROWS = 100  # or more in the test table, if a quarter of the known windows has as many
TEST_SHARE = 0.25  # of the rows, without a time
FEWEST_LEAF_ROWS, MOST_LEAF_ROWS = 10, 200
LEAVES_OF_TABLE = 50  # a leaf holds about a fiftieth of the rows, or more


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    Attributes:
        name: The name of the pipeline.
        data: The table.
        label: The column to predict.
        time: The column of the time; None to take the only one.
        without_time: Whether the pipeline has no windows, though the table may have times.
        problem_type: None to guess it.
        every: How often a window begins; None to guess it.
    """

    name: str
    data: Path
    label: str
    time: str | None = None
    without_time: bool = False
    problem_type: str | None = None
    every: str | None = None


@dataclass(frozen=True)
class PipelineDesign:
    """The design of a pipeline.

    Attributes:
        name: Its name: that of its folders, and the begin of the ids of its DAGs.
        source: The table.
        label: The label.
        time: The time; None for a pipeline without windows.
        features: The features.
        test_windows: How many of the newest windows are held out.
        first_run: The end of the data of the first training.
        leaf_rows: Rows of a leaf of the trees.
        guesses: What was guessed, in the order of the files.
    """

    name: str
    source: SourceTable
    label: Label
    time: TimeColumn | None
    features: FeatureColumns
    test_windows: int
    first_run: datetime | None
    leaf_rows: int
    guesses: tuple[Guess, ...]

    @property
    def model(self) -> str:
        """The name of the model, in which DVC allows no underscore."""
        return self.name.replace("_", "-")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The features that are numbers, those of the calendar included."""
        return (*self.features.calendar, *self.features.numbers)

    @property
    def stages(self) -> tuple[str, ...]:
        """The names of its stages."""
        return (*STAGES, *(["upcoming"] if self.time else []))

    @property
    def cron(self) -> str:
        """The schedule of its DAGs."""
        return CRON[self.time.every] if self.time else ""

    @property
    def end(self) -> datetime | None:
        """The end of the last complete window."""
        return self.time.boundaries[-1] if self.time else None

    @property
    def last_begin(self) -> datetime | None:
        """The begin of the last complete window."""
        return self.time.boundaries[-2] if self.time else None

    @property
    def source_path(self) -> str:
        """Where the pipeline keeps the table, relative to its folder."""
        return f"data/source{'' if self.source.is_folder else self.source.suffix}"

    def text(self, moment: datetime | None) -> str:
        """Return a moment as ``params.yaml`` and the DAGs write it."""
        if moment is None or self.time is None:
            return ""
        return moment.strftime("%Y-%m-%dT%H:%M" if self.time.every == "hour" else "%Y-%m-%d")


def require_name(name: str) -> None:
    """Refuse a name that cannot be that of a folder, of DAGs and of a model.

    Raises:
        ConfigError: It cannot.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ConfigError(
            f"The name of the pipeline is no identifier: {name!r}",
            where="NAME",
            fix="give lower-case letters, digits and underscores, the first one a letter: `late_orders`",
        )


def design_pipeline(request: Request) -> PipelineDesign:
    """Decide what a pipeline for a table is like. Nothing is written.

    Raises:
        ConfigError: The name, the table or a column cannot be used, or the table has several times and none
            was chosen.
    """
    require_name(request.name)
    if request.problem_type:
        require_problem_type(request.problem_type)
    source = read_source(request.data)
    frame = source.frame
    label = describe_label(request.label, frame, request.problem_type)
    known_rows = frame.dropna(subset=[label.name])
    time = _describe_time(request, known_rows)
    features = describe_features(known_rows, label, time)
    known, test_windows = _first_run(time.rows) if time else (0, 0)
    first_run = time.boundaries[known] if time else None
    rows = sum(time.rows[:known]) if time else len(known_rows)
    leaf_rows = min(MOST_LEAF_ROWS, max(FEWEST_LEAF_ROWS, rows // LEAVES_OF_TABLE))
    design = PipelineDesign(
        request.name, source, label, time, features, test_windows, first_run, leaf_rows, guesses=()
    )
    return PipelineDesign(**{**vars(design), "guesses": tuple(_guesses(design))})


def _describe_time(request: Request, frame: pd.DataFrame) -> TimeColumn | None:
    """Return the time of the rows with a label: a window without labels trains and tests nothing."""
    if request.without_time:
        return None
    if request.time == request.label:
        raise ConfigError(
            f"The label and the time are the same column: {request.label}",
            where="--time",
            fix="choose another column, or --no-time for a pipeline without windows",
        )
    found = [name for name in find_time_columns(frame) if name != request.label]
    if request.time is None and len(found) > 1:
        raise ConfigError(
            f"The table has several columns of times: {', '.join(found)}",
            where="--time",
            fix="choose one with --time, or --no-time for a pipeline without windows",
        )
    if request.time is None and not found:
        if request.every:
            raise ConfigError(
                "The table has no column of times, so it has no rhythm",
                where=f"--every {request.every}",
                fix="name the column with --time",
            )
        return None
    return describe_time(frame, request.time, found, request.every)


def _first_run(rows: tuple[int, ...]) -> tuple[int, int]:
    """Return how many windows the first training knows, and how many of them are held out."""
    known = min(max(math.ceil(FIRST_RUN * len(rows)), 3), len(rows) - 2)
    held_out = 1
    while sum(rows[known - held_out : known]) < TEST_ROWS and held_out < known // 4:
        held_out += 1
    return known, held_out


def _guesses(design: PipelineDesign) -> list[Guess]:
    guesses = [*design.source.guesses, *design.label.guesses]
    if design.time:
        guesses += [*design.time.guesses, *_guesses_of_windows(design)]
    else:
        why = "the table has no time: the content of a row decides its side"
        guesses.append(Guess("hold-out", f"{TEST_SHARE:.0%} of the rows", why, "params.yaml", "test_share:"))
    guesses += design.features.guesses
    if design.features.calendar:
        names = ", ".join(design.features.calendar)
        guesses.append(
            Guess(
                "features of the time", names, "they differ within a window", "features.py", "table.assign("
            )
        )
    return guesses


def _guesses_of_windows(design: PipelineDesign) -> list[Guess]:
    if design.time is None:
        return []
    every, windows = design.time.every, design.test_windows
    known = design.time.boundaries.index(design.first_run) if design.first_run else 0
    return [
        Guess(
            "first training", f"on the data before {design.text(design.first_run)}",
            f"{known} of {len(design.time.rows)} windows; the loop checks the rest", "params.yaml", "until:",
        ),
        Guess(
            "hold-out", f"the newest {every}" if windows == 1 else f"the newest {windows} {every}s",
            f"about {TEST_ROWS} rows to test on, if the table has them", "params.yaml", "test_windows:",
        ),
    ]  # fmt: skip
