"""registry/provenance."""
