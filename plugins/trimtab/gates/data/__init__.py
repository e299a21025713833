"""gates/data."""
