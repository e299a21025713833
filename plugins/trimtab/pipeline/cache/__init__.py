"""pipeline/cache."""
