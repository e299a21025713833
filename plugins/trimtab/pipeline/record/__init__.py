"""The record of a run: its commit, whether that belongs to the project, and the integrity of its objects."""

from __future__ import annotations

from trimtab.pipeline.record.checkout import NoRunError, check_out, find_run
from trimtab.pipeline.record.integrity import IntegrityChecker
from trimtab.pipeline.record.provenance import parse_revision, require_project_revision
from trimtab.pipeline.record.record import Record, ensure_record, experiment_name, list_runs, record_run
from trimtab.pipeline.record.recorded_files import check_out_outputs, open_recorded_outputs
from trimtab.pipeline.record.remote_copy import RemoteCopy, copy_to_remote
from trimtab.pipeline.record.required_objects import RequiredObject, find_required_objects
from trimtab.pipeline.record.run_note import RunNote, StageNote, read_run_notes, write_run_note
from trimtab.pipeline.record.shared_records import (
    FetchedRecord,
    copy_record,
    fetch_record,
    fetch_records,
    share_record,
)

__all__ = [
    "FetchedRecord",
    "IntegrityChecker",
    "NoRunError",
    "Record",
    "RemoteCopy",
    "RequiredObject",
    "RunNote",
    "StageNote",
    "check_out",
    "check_out_outputs",
    "copy_record",
    "copy_to_remote",
    "ensure_record",
    "experiment_name",
    "fetch_record",
    "fetch_records",
    "find_required_objects",
    "find_run",
    "list_runs",
    "open_recorded_outputs",
    "parse_revision",
    "read_run_notes",
    "record_run",
    "require_project_revision",
    "share_record",
    "write_run_note",
]
