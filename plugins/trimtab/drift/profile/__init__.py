"""drift/profile."""
