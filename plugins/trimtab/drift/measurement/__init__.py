"""drift/measurement."""
