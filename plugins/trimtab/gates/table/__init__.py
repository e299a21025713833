"""gates/table."""
