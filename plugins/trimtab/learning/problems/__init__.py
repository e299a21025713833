"""Problem types: what a prediction is, which metrics it has, and what follows from it."""
