"""The template that projects are made from: who owns which path, and the example that a fork removes."""

from __future__ import annotations

from trimtab.template.ownership import Owner, Ownership, read_ownership

__all__ = ["Owner", "Ownership", "read_ownership"]
