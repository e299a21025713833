"""registry/scoring."""
