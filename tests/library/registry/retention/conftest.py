"""The fixtures of the retention tests."""

from tests.library.registry.retention.prunable import age, candidates, history, name
from tests.library.registry.retention.vault import hostile, places, vault
from tests.library.registry.retention.world import world

__all__ = ["age", "candidates", "history", "hostile", "name", "places", "vault", "world"]
