"""The state of Atlantic storms, as the hurricane database has it: a classification into several classes."""
