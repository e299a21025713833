"""The registered model of the ledger's tests."""

from tests.library.registry.switching import model

__all__ = ["model"]
