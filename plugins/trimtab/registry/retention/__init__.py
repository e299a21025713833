"""Keep what the registry promises: verify it, back it up, restore it, and prune what nobody needs."""
