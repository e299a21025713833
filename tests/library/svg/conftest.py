"""The fixtures of the gates' tests."""

from tests.library.gates.conftest import flights, gate, model_gate, suite_file, written

__all__ = ["flights", "gate", "model_gate", "suite_file", "written"]
