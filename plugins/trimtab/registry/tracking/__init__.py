"""registry/tracking."""
