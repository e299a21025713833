"""drift/policy."""
