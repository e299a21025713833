"""The template that projects are made from: who owns which path, and the example that a fork removes."""

from __future__ import annotations

from trimtab.template.example_removal import Removal, plan_removal
from trimtab.template.ownership import Owner, Ownership, read_ownership

__all__ = ["Owner", "Ownership", "Removal", "plan_removal", "read_ownership"]
