"""The engine: DVC stages run one by one, each in a sandbox, with the result of `dvc repro`."""
