"""registry/drift_log."""
