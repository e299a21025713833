"""registry/promotion."""
