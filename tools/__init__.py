"""Tools for whoever maintains the project."""
