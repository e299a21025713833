"""drift/report."""
