"""Resampling: the bootstrap, blocks of rows that depend on each other, and weights of rows."""
