"""Operators: one module for each."""
