"""Metrics: the built-in ones of each problem type, and their texts."""
