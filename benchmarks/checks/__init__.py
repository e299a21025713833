"""The checks of :mod:`benchmarks.trips` in each tool's own words: ``python -m <module> FILE``."""
