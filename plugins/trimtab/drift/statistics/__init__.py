"""drift/statistics."""
