"""pipeline/lock."""
