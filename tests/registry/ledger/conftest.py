"""The registered model of the ledger's tests."""

from tests.registry.switching import model

__all__ = ["model"]
