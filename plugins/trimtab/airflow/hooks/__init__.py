"""Hooks: connections to services."""
