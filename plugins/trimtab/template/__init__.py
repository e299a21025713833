"""The template that projects are made from: who owns which path, new projects, and their updates."""

from __future__ import annotations

from trimtab.template.creation import create_project
from trimtab.template.example_removal import Removal, plan_removal
from trimtab.template.ownership import Owner, Ownership, read_ownership
from trimtab.template.record import RECORD_FILE
from trimtab.template.trial import TRIAL_PACKAGES, TrialCheck, try_versions
from trimtab.template.update import update_project
from trimtab.template.update_report import UpdateReport

__all__ = [
    "RECORD_FILE",
    "TRIAL_PACKAGES",
    "Owner",
    "Ownership",
    "Removal",
    "TrialCheck",
    "UpdateReport",
    "create_project",
    "plan_removal",
    "read_ownership",
    "try_versions",
    "update_project",
]
