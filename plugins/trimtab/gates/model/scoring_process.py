"""The process that scores a table and measures what this costs.

``python -m trimtab.gates.model.scoring_process`` reads a :class:`ScoringJob` as JSON, and writes the cost of
each scoring as JSON.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from trimtab.errors import TrimtabError
from trimtab.gates.model.scoring_job import ScoringJob
from trimtab.learning import PROBLEM_TYPES, Predictor, ScoringCost, load_estimator, measure_scoring
from trimtab.tables import open_table


def run(job: ScoringJob) -> list[ScoringCost]:
    """Load the model and the table, and measure each scoring in this process."""
    estimator = load_estimator(Path(job.model), job.trusted_types)
    problem_type = PROBLEM_TYPES[job.problem_type].with_classes_of([estimator])
    model = Predictor(problem_type, estimator, tuple(job.features))
    rows = open_table(Path(job.table)).read()[list(job.features)]
    model.predict(rows.iloc[:1])  # what libraries load late, they load now
    return [measure_scoring(model.predict, rows, times) for times in job.times]


if __name__ == "__main__":
    try:
        costs = run(ScoringJob(**json.load(sys.stdin)))
    except TrimtabError as err:
        sys.exit(err.what)  # the last line of the errors is what the gate shows
    sys.stdout.write("\n" + json.dumps([asdict(cost) for cost in costs]))
