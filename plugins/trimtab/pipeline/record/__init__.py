"""The record of a run: one commit, where it comes from, and whether its objects are intact."""

from __future__ import annotations

from trimtab.pipeline.record.checkout import check_out
from trimtab.pipeline.record.integrity import Inspector
from trimtab.pipeline.record.provenance import require_of_project, revision_of
from trimtab.pipeline.record.record import Record, experiment_name, have_record, record_run
from trimtab.pipeline.record.recorded_files import outputs_of
from trimtab.pipeline.record.required_objects import Need, needs_of

__all__ = [
    "Inspector",
    "Need",
    "Record",
    "check_out",
    "experiment_name",
    "have_record",
    "needs_of",
    "outputs_of",
    "record_run",
    "require_of_project",
    "revision_of",
]
