"""The trigger form: one typed field for each value of ``params.yaml``."""
