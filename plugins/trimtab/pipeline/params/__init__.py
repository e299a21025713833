"""pipeline/params."""
