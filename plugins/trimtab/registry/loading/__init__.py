"""registry/loading."""
