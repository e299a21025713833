"""pipeline/git."""
