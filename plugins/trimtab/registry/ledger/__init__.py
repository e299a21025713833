"""registry/ledger."""
