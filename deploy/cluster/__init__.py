"""The topology of production on one machine, as processes under a supervisor: no containers."""
