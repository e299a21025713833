"""registry/rebuild."""
