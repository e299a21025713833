"""registry/publishing."""
