"""The template that projects are made from: who owns which path, new projects, and their updates."""

from __future__ import annotations

from trimtab.template.creation import create_project
from trimtab.template.example_removal import Removal, plan_removal
from trimtab.template.ownership import Owner, Ownership, read_ownership
from trimtab.template.record import RECORD_FILE
from trimtab.template.update import update_project
from trimtab.template.update_report import UpdateReport

__all__ = [
    "RECORD_FILE",
    "Owner",
    "Ownership",
    "Removal",
    "UpdateReport",
    "create_project",
    "plan_removal",
    "read_ownership",
    "update_project",
]
