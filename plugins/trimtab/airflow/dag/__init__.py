"""The DAG and the task group that are rendered from a DVC project."""
