"""gates/report."""
